"""Use cases of a learner's account: register, confirm, rectify, close."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from services.identity.adapters.email_index import EmailIndex, Owner, normalised
from services.identity.adapters.links import Links
from services.identity.adapters.passwords import Passwords
from services.identity.domain.errors import GuardianRequiredError
from services.identity.domain.learner import commands as c
from services.identity.domain.learner.decide import decide
from services.identity.domain.learner.events import LearnerEvent
from services.identity.domain.learner.evolve import evolve
from services.identity.domain.learner.state import NO_LEARNER, AccountState, Learner
from services.identity.domain.majority import PARIS, is_minor
from shared.clock import Clock
from shared.command_handler import CommandHandler
from shared.event_store import Commit, EventStore, Metadata
from shared.events.base import SubjectId
from shared.personal import Personal
from shared.requests import RequestIdentity

STREAM: Final = "learner-"
MINORITY: Final = "minority"
"""Names the minority among what one request brings about."""


@dataclass(frozen=True, slots=True)
class Registration:
    """What somebody fills in to get an account; its `repr` shows nothing."""

    first_name: Personal[str]
    last_name: Personal[str]
    email: Personal[str]
    telephone: Personal[str] | None
    birth_date: Personal[date] | None
    language: c.Language
    password: Personal[str]
    guardian_email: Personal[str] | None
    guardian_name: Personal[str] | None = None
    zone: Personal[str] | None = None


class Accounts:
    """Carries out commands on learners' accounts."""

    def __init__(
        self,
        store: EventStore,
        clock: Clock,
        index: EmailIndex,
        passwords: Passwords,
        confirmation: Links,
        guardian: Links,
    ) -> None:
        self._handler: CommandHandler[c.LearnerCommand, Learner, LearnerEvent] = CommandHandler(
            store, initial=NO_LEARNER, decide=decide, evolve=evolve
        )
        self._clock = clock
        self._index = index
        self._passwords = passwords
        self._confirmation = confirmation
        self._guardian = guardian

    async def learner(self, learner_id: SubjectId) -> Learner:
        """Return the account as it is now."""
        state, _ = await self._handler.state(_stream(learner_id))
        return state

    async def register(self, registration: Registration, request: RequestIdentity) -> None:
        """Ask for an account; whether the address is known cannot be told from the outside.

        Raises:
            GuardianRequiredError: a minor without a guardian's address.
            WeakPasswordError: the password is too easy to guess.
        """
        if request.earlier is not None:
            return
        self._require_guardian(registration)
        email = normalised(registration.email.text())
        own = (registration.first_name.text(), registration.last_name.text(), email)
        hashed = await self._passwords.choose(registration.password.text(), own)
        known = await self._index.find_account(email)
        owner = Owner(SubjectId(request.first_id()), "learner")
        # The address may be reserved for this very request, which was cut short.
        if known in (None, owner) and await self._index.reserve(email, owner):
            # What remains: a process that stands still for ORPHAN_AFTER between these two lines.
            if await self._index.renew(email, owner):
                await self._record(owner.subject, registration, email, hashed, request)
        elif known is not None and known.kind == "learner":
            await self._remind(known.subject, request)

    async def confirm(self, token: str, request: RequestIdentity) -> SubjectId:
        """Confirm the address that `token` was sent to and return the account's id.

        Raises:
            InvalidLinkError: the link is not ours or has expired.
            IdentityError: the account is gone.
        """
        if request.earlier is not None:
            return SubjectId(request.earlier.stream.removeprefix(STREAM))
        learner_id = self._confirmation.read(token)
        await self.handle(learner_id, c.ConfirmEmail(), _own(learner_id, request))
        return learner_id

    def guardian(
        self,
        learner_id: SubjectId,
        email: Personal[str],
        name: Personal[str] | None,
        meta: Metadata,
    ) -> c.Guardian:
        """Return whom to ask for agreement, with the link to ask by."""
        agreement_id = meta.first_id("agreement")
        token = Personal(self._guardian.token_of(learner_id, agreement_id))
        return c.Guardian(agreement_id, email, name, token)

    async def merge(self, learner_id: SubjectId, surviving_id: SubjectId, meta: Metadata) -> None:
        """Close an account as a duplicate of another one of the same person.

        Raises:
            UnknownAccountError: there is no such account.
            MergeRefusedError: it is merged already, or the other one is the same or not open.
        """
        survivor = await self.learner(surviving_id)
        command = c.MergeAccount(surviving_id, survivor.state is AccountState.OPEN)
        await self.handle(learner_id, command, meta)

    async def handle(
        self, learner_id: SubjectId, command: c.LearnerCommand, meta: Metadata
    ) -> Commit:
        """Carry out `command` on one account.

        Raises:
            IdentityError: the account's state does not allow it.
        """
        return await self._handler.handle(
            _stream(learner_id), command, subject=learner_id, meta=meta
        )

    async def _record(
        self,
        learner_id: SubjectId,
        registration: Registration,
        email: str,
        hashed: str,
        request: RequestIdentity,
    ) -> None:
        meta = _own(learner_id, request)
        asked, name = registration.guardian_email, registration.guardian_name
        guardian = None if asked is None else self.guardian(learner_id, asked, name, meta)
        command = c.RegisterLearner(
            learner_id=learner_id,
            first_name=registration.first_name,
            last_name=registration.last_name,
            email=Personal(email),
            telephone=registration.telephone,
            language=registration.language,
            birth_date=registration.birth_date,
            today=self._today(),
            password_hash=Personal(hashed),
            confirmation_token=Personal(self._confirmation.token(learner_id)),
            at=self._clock.now(),
            minority_id=meta.first_id(MINORITY),
            zone=registration.zone,
            guardian=guardian,
        )
        await self.handle(learner_id, command, meta)

    async def _remind(self, learner_id: SubjectId, request: RequestIdentity) -> None:
        learner = await self.learner(learner_id)
        if learner.requested:
            token = Personal(self._confirmation.token(learner_id))
            meta = _own(learner_id, request)
            await self.handle(learner_id, c.RequestConfirmation(token), meta)

    def _require_guardian(self, registration: Registration) -> None:
        birth_date = registration.birth_date.reveal() if registration.birth_date else None
        minor = isinstance(birth_date, date) and is_minor(birth_date, self._today())
        if minor and registration.guardian_email is None:
            raise GuardianRequiredError

    def _today(self) -> date:
        return self._clock.now().astimezone(PARIS).date()


def _stream(learner_id: SubjectId) -> str:
    return STREAM + learner_id


def _own(learner_id: SubjectId, request: RequestIdentity) -> Metadata:
    return Metadata.of(request, actor=learner_id, role="learner")
