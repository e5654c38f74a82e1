"""Recording a sign-in: a fact, a technical trace, and who it is for the gateway (C1.5)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from services.identity.adapters.devices import Devices
from services.identity.application.accounts import Accounts
from services.identity.application.staff import Staff
from services.identity.domain.learner.commands import RecordSignIn
from services.identity.domain.staff.commands import RecordStaffSignIn
from services.identity.domain.traces.events import TraceTaken
from shared.clock import Clock
from shared.event_store import EventStore, Metadata
from shared.events.base import SubjectId
from shared.http.auth import Role
from shared.ids import new_id
from shared.personal import Personal

PARIS: Final = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a sign-in comes from."""

    ip_address: Personal[str]
    browser: Personal[str]
    screen: Personal[str] | None
    device: str | None = None
    """What an earlier sign-in left on the browser."""


@dataclass(frozen=True, slots=True)
class SignedInPrincipal:
    """Who signed in."""

    subject: SubjectId
    role: Role
    first_name: str
    language: str
    device: str
    """What the browser keeps, so that its attempts are counted apart from those of others."""
    strong: bool
    """Whether two factors were given; without, staff may only enrol one."""
    ends_at: datetime | None = None
    """When the role ends, and the session with it."""
    suspends_at: datetime | None = None
    """From when access to personal data is suspended for want of the yearly training (C7.7)."""
    zone: str = ""
    """By which clock the learner lives; none of staff, and of who never said."""


class SignInRecorder:
    """Records sign-ins of learners and staff."""

    def __init__(
        self, accounts: Accounts, staff: Staff, store: EventStore, clock: Clock, devices: Devices
    ) -> None:
        self._accounts = accounts
        self._staff = staff
        self._store = store
        self._clock = clock
        self._devices = devices

    async def record(
        self, subject: SubjectId, origin: Origin, *, strong: bool
    ) -> SignedInPrincipal:
        """Record that `subject` signed in from `origin`, by two factors where it is `strong`.

        Raises:
            IdentityError: the account may not be used.
        """
        device = self._devices.token(subject)
        member = await self._staff.member(subject)
        if member.staff_id:
            command, meta = RecordStaffSignIn(self._clock.now()), _meta(subject, member.role)
            await self._staff.handle(subject, command, meta)
            await self._trace(subject, member.role, origin)
            name, role = member.name.text("") if member.name else "", Role(member.role)
            return SignedInPrincipal(
                subject,
                role,
                name,
                member.language,
                device,
                strong,
                member.expires_at,
                member.training.suspends_at,
            )
        learner = await self._accounts.learner(subject)
        await self._accounts.handle(subject, RecordSignIn(), _meta(subject, "learner"))
        await self._trace(subject, "learner", origin)
        name = learner.first_name.text("") if learner.first_name else ""
        return SignedInPrincipal(
            subject,
            Role.LEARNER,
            name,
            learner.language,
            device,
            strong,
            zone=learner.zone.text("") if learner.zone else "",
        )

    async def _trace(self, subject: SubjectId, role: str, origin: Origin) -> None:
        month = f"{self._clock.now().astimezone(PARIS):%Y-%m}"
        trace = TraceTaken(
            subject_id=subject,
            month=month,
            ip_address=origin.ip_address,
            browser=origin.browser,
            screen=origin.screen,
            known_device=self._devices.known(origin.device, subject) is not None,
        )
        stream = traces_of(subject) + new_id()
        await self._store.append(stream, 0, [trace], subject=subject, meta=_meta(subject, role))


def traces_of(subject: SubjectId) -> str:
    """Return how the streams of somebody's traces begin; what follows grows with time."""
    return f"traces-{subject}-"


def _meta(actor: SubjectId, role: str) -> Metadata:
    return Metadata(actor=actor, role=role, correlation_id=new_id())
