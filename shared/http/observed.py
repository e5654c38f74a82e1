"""A span and a log line for every request: method, route, status and time, never the address."""

import time
from typing import TYPE_CHECKING, Final

import structlog
from fastapi.telemetry import TelemetryConfig

from shared import telemetry
from shared.ids import new_id

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = telemetry.logger(__name__)

FRAMEWORKS_OWN: Final[TelemetryConfig] = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
"""The framework's spans and logs hold addresses, queries and exception texts: none of them."""
QUIET_PREFIXES = ("/health", "/ops/flow", "/static")


class ObservedRequests:
    """ASGI middleware that observes requests without looking at what they carry."""

    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass an HTTP request on within a span; anything else is passed on as it is."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name: value for name, value in scope["headers"] if name == b"traceparent"}
        parent = headers.get(b"traceparent", b"").decode("latin-1") or None
        started = time.perf_counter()
        status = 500

        async def observe(message: "Message") -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        structlog.contextvars.bind_contextvars(request_id=new_id())
        try:
            with telemetry.span("http", {"http.method": scope["method"]}, parent=parent) as span:
                await self._app(scope, receive, observe)
                route = getattr(scope.get("route"), "path", "unmatched")
                span.set_attributes({"http.route": route, "http.status_code": status})
        finally:
            if not scope["path"].startswith(QUIET_PREFIXES):
                log.info(
                    "request",
                    method=scope["method"],
                    route=getattr(scope.get("route"), "path", "unmatched"),
                    status=status,
                    ms=round((time.perf_counter() - started) * 1000, 1),
                )
            structlog.contextvars.clear_contextvars()
