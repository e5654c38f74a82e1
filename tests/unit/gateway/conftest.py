"""The gateway with its real routes and a visitor in each role, connected to nothing."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI

from deploy.cli.secrets import prepare_secrets
from services.gateway.bootstrap import _assemble
from services.gateway.devices import NO_DEVICE
from services.gateway.form_guard import FormGuard
from services.gateway.notices.streams import Streams
from services.gateway.notices.telling import Telling
from services.gateway.portal import Portal
from services.gateway.services import Services
from services.gateway.sessions import Session, SessionStore
from services.gateway.settings import GatewaySettings
from shared.clock import FixedClock
from shared.http.auth import Role
from shared.tokens import GATEWAY, TokenIssuer
from tests.callers import PROVEN

NOW = datetime(2025, 1, 12, 9, 30, tzinfo=UTC)
PUBLIC_URL = "https://portal.test"


class Sessions:
    """Open sessions, one for each role: its cookie is the role's name."""

    def __init__(self) -> None:
        self.ended: list[str] = []

    async def find(self, token: str | None) -> Session | None:
        if token not in set(Role):
            return None
        return Session(
            key=f"key-{token}",
            id=f"id-{token}",
            subject=f"subject-{token}",
            role=Role(token),
            proof=PROVEN,
            language=None,
            device=NO_DEVICE,
            started_at=NOW,
            used_at=NOW,
            expires_at=NOW,
        )

    async def end(self, session: Session) -> None:
        self.ended.append(session.id)

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the sessions were asked for {name}")


@dataclass
class Asked:
    """What services were asked for, and what each of them answers."""

    requests: list[httpx.Request] = field(default_factory=list)
    news: dict[str, Any] = field(
        default_factory=lambda: {"unread": 0, "cursor": "", "language": "fr", "items": []}
    )
    answer: httpx.Response = field(default_factory=lambda: httpx.Response(503))

    def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer as a service; what every page asks for its header is not what a test is about."""
        if request.url.path == "/me/notices/news":
            return httpx.Response(200, json=self.news)
        self.requests.append(request)
        return self.answer


@dataclass(frozen=True)
class Gateway:
    """The application, what its visitors send, and what it asked services for."""

    app: FastAPI
    portal: Portal
    sessions: Sessions
    services: Asked

    def client(self, role: Role | None = None) -> httpx.AsyncClient:
        """Return a browser that is signed in as `role`, or as nobody."""
        cookies = {"__Host-form": "browser", **({"__Host-session": str(role)} if role else {})}
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(
            transport=transport,
            base_url=PUBLIC_URL,
            cookies=cookies,
            headers={"Accept-Language": "en"},
        )

    def csrf(self, role: Role | None = None) -> str:
        """Return the token of this browser's forms."""
        return self.portal.guard.token("browser", f"id-{role}" if role else None)


@pytest.fixture
def gateway(tmp_path: Path) -> Gateway:
    """The gateway as people reach it over TLS; its services are away."""
    return gateway_of(tmp_path)


def gateway_of(folder: Path, **more: Any) -> Gateway:
    """Return a gateway with its data in `folder` and `more` settings."""
    secrets = folder / "secrets"
    prepare_secrets(secrets)
    settings = GatewaySettings(data_dir=folder, public_url=PUBLIC_URL, log_level="ERROR", **more)
    app = _assemble(settings)
    clock, sessions = FixedClock(NOW), Sessions()
    asked = Asked()
    client = httpx.AsyncClient(transport=httpx.MockTransport(asked.handle))
    issuer = TokenIssuer(GATEWAY, secrets, clock)
    portal = Portal(
        settings,
        clock,
        cast("SessionStore", sessions),
        FormGuard.from_folder(secrets),
        Services(settings, issuer, client),
        streams := Streams(most=10, most_per_session=2),
        Telling(streams, heartbeat=15),
    )
    app.state.portal = portal
    return Gateway(app, portal, sessions, asked)
