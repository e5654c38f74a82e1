"""Signing in: the right password, an open account, a fact and a technical trace (C1.5, C7.2)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from services.identity.adapters.devices import Devices
from services.identity.adapters.email_index import EmailIndex, Owner
from services.identity.adapters.passwords import Passwords, Verification
from services.identity.application.accounts import Accounts
from services.identity.application.credentials import is_current
from services.identity.application.present_password import readable
from services.identity.application.staff import Staff
from services.identity.application.throttle import Throttle
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


class WrongCredentialsError(Exception):
    """The address is unknown or the password is wrong: nobody is told which."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a sign-in comes from."""

    ip_address: Personal[str]
    browser: Personal[str]
    screen: Personal[str] | None


@dataclass(frozen=True, slots=True)
class SignedInPrincipal:
    """Who signed in."""

    subject: SubjectId
    role: Role
    first_name: str
    language: str
    device: str
    """What the browser keeps, so that its attempts are counted apart from those of others."""
    ends_at: datetime | None = None
    """When the role ends, and the session with it."""


class SignIn:
    """Checks credentials and records what follows from them."""

    def __init__(
        self,
        accounts: Accounts,
        staff: Staff,
        index: EmailIndex,
        passwords: Passwords,
        store: EventStore,
        clock: Clock,
        throttle: Throttle,
        devices: Devices,
    ) -> None:
        self._accounts = accounts
        self._staff = staff
        self._index = index
        self._passwords = passwords
        self._store = store
        self._clock = clock
        self._throttle = throttle
        self._devices = devices

    async def sign_in(
        self, email: str, password: str, origin: Origin, device: str | None = None
    ) -> SignedInPrincipal:
        """Sign in whoever `email` and `password` belong to.

        Args:
            email: the address typed.
            password: the password typed.
            origin: where the attempt comes from.
            device: what an earlier sign-in left on this browser.

        Raises:
            ThrottledError: too much was tried; it can be tried again later.
            WrongCredentialsError: they belong to nobody.
            IdentityError: the password is right, but the account may not be used.
        """
        owner = await self._index.find_account(email)
        subject = None if owner is None else owner.subject
        known = None if subject is None else self._devices.known(device, subject)
        address = origin.ip_address.text()
        async with self._throttle.sign_in(email, address, subject, known):
            return await self._sign_in(owner, email, password, origin)

    async def _sign_in(
        self, owner: Owner | None, email: str, password: str, origin: Origin
    ) -> SignedInPrincipal:
        if owner is None:
            await self._passwords.verify(password, None)
            raise WrongCredentialsError
        if owner.kind == "staff":
            return await self._sign_in_staff(owner.subject, password)
        return await self._sign_in_learner(owner.subject, email, password, origin)

    async def _sign_in_learner(
        self, learner_id: SubjectId, email: str, password: str, origin: Origin
    ) -> SignedInPrincipal:
        learner = await self._accounts.learner(learner_id)
        known = learner.password_hash if is_current(learner, email) else None
        checked = await self._check(password, known)
        rehashed = Personal(checked.rehashed) if checked.rehashed else None
        await self._accounts.handle(
            learner_id, RecordSignIn(rehashed), _meta(learner_id, "learner")
        )
        await self._trace(learner_id, origin)
        name = learner.first_name.text("") if learner.first_name else ""
        device = self._devices.token(learner_id)
        return SignedInPrincipal(learner_id, Role.LEARNER, name, learner.language, device)

    async def _sign_in_staff(self, staff_id: SubjectId, password: str) -> SignedInPrincipal:
        member = await self._staff.member(staff_id)
        now = self._clock.now()
        await self._check(password, member.password_hash if member.has_rights(now) else None)
        await self._staff.handle(staff_id, RecordStaffSignIn(now), _meta(staff_id, member.role))
        name = member.name.text("") if member.name else ""
        device = self._devices.token(staff_id)
        role, ends_at = Role(member.role), member.expires_at
        return SignedInPrincipal(staff_id, role, name, "fr", device, ends_at)

    async def _check(self, password: str, hashed: Personal[str] | None) -> Verification:
        checked = await self._passwords.verify(password, readable(hashed))
        if not checked.right:
            raise WrongCredentialsError
        return checked

    async def _trace(self, learner_id: SubjectId, origin: Origin) -> None:
        month = f"{self._clock.now().astimezone(PARIS):%Y-%m}"
        trace = TraceTaken(
            learner_id=learner_id,
            month=month,
            ip_address=origin.ip_address,
            browser=origin.browser,
            screen=origin.screen,
        )
        stream = f"traces-{learner_id}-{new_id()}"
        await self._store.append(
            stream, 0, [trace], subject=learner_id, meta=_meta(learner_id, "learner")
        )


def _meta(actor: SubjectId, role: str) -> Metadata:
    return Metadata(actor=actor, role=role, correlation_id=new_id())
