"""Signing in: the right password, an open account, a fact and a technical trace (C1.5, C7.2)."""

from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from services.identity.adapters.email_index import EmailIndex
from services.identity.adapters.passwords import Passwords, Verification
from services.identity.application.accounts import Accounts
from services.identity.application.credentials import is_current
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
    ) -> None:
        self._accounts = accounts
        self._staff = staff
        self._index = index
        self._passwords = passwords
        self._store = store
        self._clock = clock

    async def sign_in(self, email: str, password: str, origin: Origin) -> SignedInPrincipal:
        """Sign in whoever `email` and `password` belong to.

        Raises:
            WrongCredentialsError: they belong to nobody.
            IdentityError: the password is right, but the account may not be used.
        """
        owner = await self._index.find_account(email)
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
        return SignedInPrincipal(learner_id, Role.LEARNER, name, learner.language)

    async def _sign_in_staff(self, staff_id: SubjectId, password: str) -> SignedInPrincipal:
        member = await self._staff.member(staff_id)
        await self._check(password, None if member.departed else member.password_hash)
        await self._staff.handle(staff_id, RecordStaffSignIn(), _meta(staff_id, member.role))
        name = member.name.text("") if member.name else ""
        return SignedInPrincipal(staff_id, Role(member.role), name, "fr")

    async def _check(self, password: str, hashed: Personal[str] | None) -> Verification:
        known = None if hashed is None or hashed.is_erased else hashed.text()
        checked = await self._passwords.verify(password, known)
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
