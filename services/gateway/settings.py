"""What the gateway needs to start."""

from datetime import timedelta
from pathlib import Path
from typing import ClassVar, Final

from pydantic import Field

from shared.settings import Settings

SERVICES: Final = ("identity", "learning", "consent", "retention", "notify")
"""The services behind `/api/<service>`."""


class GatewaySettings(Settings):
    """Addresses of the services and the habits of the portal."""

    upload_paths: ClassVar[tuple[str, ...]] = (
        "/contact",
        "/portability/import",
        "/portability/import/confirmed",
        "/support",
        "/support/",
        "/api/identity/contact-requests",
        "/api/identity/me/support-requests",
        "/api/identity/me/support-requests/",
    )

    identity_url: str = "http://127.0.0.1:8101"
    learning_url: str = "http://127.0.0.1:8102"
    consent_url: str = "http://127.0.0.1:8103"
    retention_url: str = "http://127.0.0.1:8104"
    notify_url: str = "http://127.0.0.1:8105"
    service_timeout_seconds: float = Field(default=10.0, gt=0)
    """How long a page waits for one service before it says that the service is away."""
    session_hours: int = Field(default=12, ge=1, le=72)
    """How long a sign-in lasts."""
    session_idle_minutes: int = Field(default=120, ge=5, le=4320)
    """How long a sign-in lasts without being used."""
    oidc_name: str | None = Field(default=None, min_length=1, max_length=60)
    """What the sign-in page calls the provider in `CARIONEXIQ_OIDC_ISSUER`; with it, staff see the
    way there."""
    behind_proxy: bool = False
    """Whether the last address in `X-Forwarded-For` comes from a proxy of ours."""
    mailbox_dir: Path | None = None
    """Maildir of the embedded mailbox; its viewer exists only when this is set."""
    contact_form_seconds: float = Field(default=3.0, ge=0, le=60)
    """The least time between showing the contact form and sending it: programs are faster."""
    notice_streams: int = Field(default=2_000, ge=0, le=50_000)
    """How many pages may wait for notices at the same time, in one process of the gateway."""
    notice_streams_per_session: int = Field(default=6, ge=1, le=100)
    """How many of them in one session; a browser that can shares one among its pages."""
    notice_heartbeat_seconds: float = Field(default=15.0, gt=0, le=300)
    """How often at least something is sent to a page that waits."""
    component_page: bool = False
    """Whether `/components` shows every component of the portal; for design work and tests."""

    @property
    def https(self) -> bool:
        """Whether people reach the portal over TLS."""
        return self.public_url.startswith("https://")

    @property
    def least_writing_time(self) -> timedelta:
        """The least time that writing to us takes a person."""
        return timedelta(seconds=self.contact_form_seconds)

    @property
    def session_length(self) -> timedelta:
        """How long a sign-in lasts."""
        return timedelta(hours=self.session_hours)

    @property
    def session_idle(self) -> timedelta:
        """How long a sign-in lasts without being used."""
        return timedelta(minutes=self.session_idle_minutes)

    def service_url(self, service: str) -> str:
        """Return the address of `service`, one of `SERVICES`."""
        url: str = getattr(self, f"{service}_url")
        return url.rstrip("/")
