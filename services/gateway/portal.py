"""What every page needs, built once at the start."""

from dataclasses import dataclass, field

from fastapi import Request

from services.gateway.form_guard import FormGuard
from services.gateway.notices.streams import Streams
from services.gateway.notices.telling import Telling
from services.gateway.notices.unread import UnreadCounts
from services.gateway.services import Services
from services.gateway.sessions import SessionStore
from services.gateway.settings import GatewaySettings
from shared.clock import Clock


@dataclass(frozen=True, slots=True)
class Portal:
    """The portal's collaborators."""

    settings: GatewaySettings
    clock: Clock
    sessions: SessionStore
    guard: FormGuard
    services: Services
    streams: Streams
    telling: Telling
    unread: UnreadCounts = field(default_factory=UnreadCounts)

    def cookie_name(self, name: str) -> str:
        """Return the name of a cookie; over TLS one that only this very host can set."""
        return f"__Host-{name}" if self.settings.https else name

    def address_of(self, request: Request) -> str:
        """Return the visitor's network address, as our own proxy tells it where there is one."""
        forwarded = request.headers.get("x-forwarded-for", "")
        if self.settings.behind_proxy and forwarded:
            return forwarded.rsplit(",", 1)[-1].strip()
        return request.client.host if request.client else ""
