"""The whole platform in this process, on the real engines, asked without a network in between.

Requests reach the applications as uvicorn hands them over (ASGI): the same middleware, handlers,
stores and topics as under `up`; what uvicorn itself refuses is tested over sockets.
"""

import json
import runpy
from collections.abc import AsyncIterator, Mapping, MutableMapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Receive

from services.gateway.portal import Portal
from shared.clock import SystemClock
from shared.http.auth import Role
from shared.settings import Settings
from shared.topics import SERVICES
from tests.callers import Callers

LINK_SECRET = "a secret for the tests alone"

Headers = Sequence[tuple[bytes, bytes]]


@dataclass
class Answer:
    """What an application answered, as it sent it."""

    status: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    failed: BaseException | None = None
    """What the application let escape, instead of an answer or after one."""

    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)

    def header(self, name: str) -> str | None:
        """Return the first value of a header."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True)
class Platform:
    """The applications while they run."""

    apps: Mapping[str, FastAPI]
    """The five services and `gateway`."""
    callers: Callers

    @property
    def portal(self) -> Portal:
        """The gateway's collaborators."""
        portal: Portal = self.apps["gateway"].state.portal
        return portal

    async def sign_in(self, subject: str, role: Role) -> Mapping[str, str]:
        """Return the headers of a browser at the gateway with a session of `subject`."""
        portal = self.portal
        token = await portal.sessions.start(subject, role, "fr", strong=True)
        session = await portal.sessions.find(token)
        assert session is not None
        return {
            "cookie": f"session={token}; form=a-browser",
            "x-csrf-token": portal.guard.token("a-browser", session.id),
        }


async def ask(
    app: FastAPI,
    method: str,
    target: str,
    headers: Mapping[str, str],
    body: bytes = b"",
    *,
    receive: Receive | None = None,
) -> Answer:
    """Return what `app` answers to a request for `target`, path and query as they are sent.

    `receive` is where a body comes from that is not there as a whole.
    """
    path, _, query = target.partition("?")
    fields = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode("ascii"),
        "query_string": query.encode("ascii"),
        "root_path": "",
        "headers": [(b"host", b"platform.test"), *fields],
        "client": ("127.0.0.1", 1),
        "server": ("platform.test", 80),
        "state": {},
    }
    answer = Answer()
    chunks = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def whole() -> MutableMapping[str, Any]:
        return next(chunks, {"type": "http.disconnect"})

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = [(n.decode(), v.decode("latin-1")) for n, v in message["headers"]]
        else:
            answer.body += message.get("body", b"")

    try:
        await app(scope, receive or whole, send)
    except Exception as error:  # noqa: BLE001 - whatever escapes is what a test looks for
        answer.failed = error
    return answer


class ToServices(httpx.AsyncBaseTransport):
    """Carries the gateway's requests to the applications: only the network is left out."""

    def __init__(self, apps: Mapping[str, FastAPI]) -> None:
        self._apps = {
            name: httpx.ASGITransport(app=app, raise_app_exceptions=False)
            for name, app in apps.items()
        }

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Hand `request` to the service that its host names."""
        name = urlsplit(str(request.url)).hostname or ""
        return await self._apps[name.removesuffix(".test")].handle_async_request(request)


@asynccontextmanager
async def running_platform(
    settings: Settings, smtp: tuple[str, int], extra: Mapping[str, str]
) -> AsyncIterator[Platform]:
    """Yield the platform in the namespace of `settings`, with variables of its own in `extra`."""
    environment = {
        "KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
        "MONGODB_URI": settings.mongodb_uri,
        "CARIONEXIQ_NAMESPACE": settings.namespace,
        "CARIONEXIQ_DATA_DIR": str(settings.data_dir),
        "CARIONEXIQ_LINK_SECRET": LINK_SECRET,
        "CARIONEXIQ_LOG_LEVEL": "ERROR",
        "CARIONEXIQ_SMTP_HOST": smtp[0],
        "CARIONEXIQ_SMTP_PORT": str(smtp[1]),
        "CARIONEXIQ_ARGON2_TIME_COST": "1",
        "CARIONEXIQ_ARGON2_MEMORY_KIB": "64",
        "CARIONEXIQ_ARGON2_PARALLELISM": "1",
        "CARIONEXIQ_EVEN_ANSWER_SECONDS": "0",
        "CARIONEXIQ_BEHIND_PROXY": "true",
        **{f"CARIONEXIQ_{name.upper()}_URL": f"http://{name}.test" for name in SERVICES},
        **extra,
    }
    with pytest.MonkeyPatch.context() as patched:
        for name, value in environment.items():
            patched.setenv(name, value)
        # Run afresh, not imported: a module stays, and would keep this run's settings.
        apps = {
            name: runpy.run_module(f"services.{name}.main")["app"]
            for name in (*SERVICES, "gateway")
        }
    async with AsyncExitStack() as running:
        for app in apps.values():
            await running.enter_async_context(app.router.lifespan_context(app))
        client = await running.enter_async_context(
            httpx.AsyncClient(transport=ToServices({name: apps[name] for name in SERVICES}))
        )
        portal: Portal = apps["gateway"].state.portal
        apps["gateway"].state.portal = replace(
            portal, services=replace(portal.services, client=client)
        )
        yield Platform(apps, Callers(settings.secrets_dir, SystemClock()))
