"""The password by which a sign-in begins: of an account that may be used, or of nobody."""

from hashlib import sha256

from services.identity.adapters.email_index import Owner
from services.identity.adapters.passwords import Passwords, Verification
from services.identity.application.accounts import Accounts
from services.identity.application.credentials import is_current
from services.identity.application.present_password import readable
from services.identity.application.staff import Staff
from services.identity.domain.authenticators.events import Holder
from services.identity.domain.learner.commands import RecordSignIn, RenewPasswordHash
from services.identity.domain.learner.decide import decide as decide_of_learner
from services.identity.domain.staff.commands import RecordStaffSignIn
from services.identity.domain.staff.decide import decide as decide_of_staff
from shared.clock import Clock
from shared.event_store import Metadata
from shared.events.base import SubjectId
from shared.ids import new_id
from shared.personal import Personal


class WrongCredentialsError(Exception):
    """The address is unknown or the password is wrong: nobody is told which."""


class KnownPassword:
    """Checks passwords of learners and staff; an unknown account costs the same."""

    def __init__(
        self, accounts: Accounts, staff: Staff, passwords: Passwords, clock: Clock
    ) -> None:
        self._accounts = accounts
        self._staff = staff
        self._passwords = passwords
        self._clock = clock

    async def check(
        self, owner: Owner | None, email: str, password: str, *, first: bool
    ) -> SubjectId:
        """Return whose `password` it is: that of `owner`, who may sign in.

        `first` goes before whoever else waits for a comparison.

        Raises:
            WrongCredentialsError: it is not, or there is no such account.
            IdentityError: it is, but the account may not be used.
        """
        if owner is None:
            await self._passwords.verify(password, None, first=first)
            raise WrongCredentialsError
        if owner.kind == "staff":
            await self._check_staff(owner.subject, password, first=first)
        else:
            await self._check_learner(owner.subject, email, password, first=first)
        return owner.subject

    async def holder_of(self, subject: SubjectId) -> Holder:
        """Return whether `subject` is of staff."""
        return "staff" if (await self._staff.member(subject)).staff_id else "learner"

    async def mark(self, subject: SubjectId) -> str:
        """Return what tells the present password of `subject` from the one before."""
        member = await self._staff.member(subject)
        owner = member if member.staff_id else await self._accounts.learner(subject)
        return sha256((readable(owner.password_hash) or "").encode()).hexdigest()

    async def _check_learner(
        self, learner_id: SubjectId, email: str, password: str, *, first: bool
    ) -> None:
        learner = await self._accounts.learner(learner_id)
        known = learner.password_hash if is_current(learner, email) else None
        checked = await self._check(password, known, first=first)
        decide_of_learner(RecordSignIn(), learner)  # what may not be used is told before a factor
        if checked.rehashed:
            meta = Metadata(actor=learner_id, role="learner", correlation_id=new_id())
            renewal = RenewPasswordHash(Personal(checked.rehashed))
            await self._accounts.handle(learner_id, renewal, meta)

    async def _check_staff(self, staff_id: SubjectId, password: str, *, first: bool) -> None:
        member, now = await self._staff.member(staff_id), self._clock.now()
        known = member.password_hash if member.has_rights(now) else None
        await self._check(password, known, first=first)
        decide_of_staff(RecordStaffSignIn(now), member)

    async def _check(
        self, password: str, hashed: Personal[str] | None, *, first: bool
    ) -> Verification:
        checked = await self._passwords.verify(password, readable(hashed), first=first)
        if not checked.right:
            raise WrongCredentialsError
        return checked
