"""What a collector is told of requests: methods, routes and times, nothing of what they carry."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from shared.clock import SystemClock
from shared.http.auth import Role
from tests.callers import Callers
from tests.engines import Engines, StartService
from tests.waiting import eventually

CANARY = "serin-de-controle-7719"


class Collector(ThreadingHTTPServer):
    """Takes what an OpenTelemetry exporter sends, and keeps it."""

    def __init__(self) -> None:
        self.received: dict[str, list[bytes]] = {}
        super().__init__(("127.0.0.1", 0), Taking)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def spans(self) -> set[str]:
        """Return the routes of the requests that were told of."""
        return {
            attribute.value.string_value
            for body in self.received.get("/v1/traces", [])
            for of_resource in ExportTraceServiceRequest.FromString(body).resource_spans
            for of_scope in of_resource.scope_spans
            for span in of_scope.spans
            for attribute in span.attributes
            if attribute.key == "http.route"
        }


class Taking(BaseHTTPRequestHandler):
    """Accepts everything."""

    server: Collector

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.server.received.setdefault(self.path, []).append(self.rfile.read(length))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with Collector() as running:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", running.url)
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "100")
        monkeypatch.setenv("OTEL_METRIC_EXPORT_INTERVAL", "200")
        thread = Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.mark.promise("C1.5", "C4.2")
async def test_spans_and_metrics_hold_no_address_query_body_or_person(
    collector: Collector, start_service: StartService, engines: Engines
) -> None:
    service = start_service("consent")
    callers = Callers(engines.settings("").secrets_dir, SystemClock())
    headers = {
        "Authorization": f"Bearer {callers.token('consent', CANARY, Role.LEARNER)}",
        "User-Agent": CANARY,
        "X-Forwarded-For": CANARY,
        "Referer": f"https://carionexiq.test/{CANARY}",
    }
    async with httpx.AsyncClient(base_url=service.url, trust_env=False, headers=headers) as client:
        shown = await client.get("/me/consents", params={"token": CANARY})
        assert shown.status_code == httpx.codes.OK
        granted = await client.post("/me/consents/newsletter", json={"decision": "granted"})
        assert granted.status_code == httpx.codes.OK
        refused = await client.post("/unsubscriptions", json={"token": CANARY})
        assert refused.is_client_error
        invalid = await client.post("/me/consents/newsletter", json={"decision": CANARY})
        assert invalid.status_code == httpx.codes.UNPROCESSABLE_ENTITY
        lost = await client.get(f"/{CANARY}")
        assert lost.status_code == httpx.codes.NOT_FOUND
        officer = callers.token("consent", "dpo-1", Role.DPO)
        await client.get(
            f"/learners/{CANARY}/held-data", headers={"Authorization": f"Bearer {officer}"}
        )

    routes = {"/me/consents", "/unsubscriptions", "/learners/{learner_id}/held-data", "unmatched"}

    async def told() -> bool:
        return routes <= collector.spans() and "/v1/metrics" in collector.received

    await eventually(told)
    for path, bodies in collector.received.items():
        assert [body for body in bodies if CANARY.encode() in body] == [], path
