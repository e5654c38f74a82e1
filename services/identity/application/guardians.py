"""Use cases of a minor's account: the guardian's answer, discovery, coming of age (C11)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from services.identity.adapters.links import Links
from services.identity.application.accounts import MINORITY, Accounts
from services.identity.domain.errors import LinkSpentError
from services.identity.domain.learner import commands as c
from services.identity.domain.learner.events import ReportReason, WithdrawalReason
from services.identity.domain.learner.state import Agreement, AgreementState, Learner
from services.identity.domain.majority import PARIS
from shared.clock import Clock
from shared.consuming.read_model import ReadModel
from shared.event_store import Metadata
from shared.events.base import SubjectId
from shared.personal import Personal
from shared.requests import RequestIdentity

FOLLOWED: Final = "minority"
LOOKED_THROUGH_EVERY: Final = timedelta(hours=1)
"""How long somebody who was not listed yet when a day began may wait to come of age."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a guardian's link shows: whose account, what became of the question, until when."""

    first_name: str
    state: AgreementState
    until: datetime | None
    """Until when it can be answered, or when a blocked account goes."""


class Guardians:
    """Carries out what learners, guardians and staff do about a minor's account."""

    def __init__(self, accounts: Accounts, asking: Links, revoking: Links, clock: Clock) -> None:
        self._accounts = accounts
        self._asking = asking
        self._revoking = revoking
        self._clock = clock
        self._looked_through: datetime | None = None

    async def asked(self, token: str) -> Asked:
        """Return what the link `token` asks or revokes; reading it changes nothing.

        Raises:
            InvalidLinkError: the link is not ours or has expired.
            LinkSpentError: it was superseded, or the account is gone.
        """
        for links in (self._asking, self._revoking):
            if links.made(token):
                learner_id, agreement_id = links.read_bound(token)
                return _shown(await self._accounts.learner(learner_id), agreement_id)
        self._asking.read_bound(token)
        raise LinkSpentError

    async def grant(self, token: str, request: RequestIdentity) -> None:
        """Record the agreement of the guardian that `token` was sent to (C11.1).

        Raises:
            InvalidLinkError: the link is not ours or its seven days are over.
            LinkSpentError: it was refused, superseded, or is too late.
        """
        if request.earlier is not None:
            return
        learner_id, agreement_id = self._asking.read_bound(token)
        revocation = Personal(self._revoking.token_of(learner_id, agreement_id))
        command = c.GrantGuardianAgreement(agreement_id, revocation, self._clock.now())
        await self._accounts.handle(learner_id, command, _guardian(request))

    async def refuse(self, token: str, request: RequestIdentity) -> None:
        """Record that the guardian refused.

        Raises:
            InvalidLinkError: the link is not ours or its seven days are over.
            LinkSpentError: it was answered, superseded, or is too late.
        """
        if request.earlier is not None:
            return
        learner_id, agreement_id = self._asking.read_bound(token)
        command = c.RefuseGuardianAgreement(agreement_id, self._clock.now())
        await self._accounts.handle(learner_id, command, _guardian(request))

    async def revoke(self, token: str, request: RequestIdentity) -> None:
        """Take back an agreement: the account is blocked at once (C11.2).

        Raises:
            InvalidLinkError: the link is not ours.
            LinkSpentError: the agreement is over, or the learner came of age.
        """
        if request.earlier is not None:
            return
        learner_id, agreement_id = self._revoking.read_bound(token)
        command = c.RevokeGuardianAgreement(agreement_id, self._clock.now())
        await self._accounts.handle(learner_id, command, _guardian(request))

    async def declare(
        self,
        learner_id: SubjectId,
        birth_date: Personal[date],
        email: Personal[str],
        name: Personal[str] | None,
        meta: Metadata,
    ) -> None:
        """Block the account of a learner who turns out to be under 18, and ask the guardian.

        Raises:
            AdultError: the birth date is an adult's.
            AccountClosedError: the account is closed.
        """
        now = self._clock.now()
        command = c.DeclareMinority(
            birth_date=birth_date,
            guardian=self._accounts.guardian(learner_id, email, name, meta),
            minority_id=meta.first_id(MINORITY),
            today=now.astimezone(PARIS).date(),
            at=now,
        )
        await self._accounts.handle(learner_id, command, meta)

    async def name(
        self,
        learner_id: SubjectId,
        birth_date: Personal[date] | None,
        email: Personal[str],
        name: Personal[str] | None,
        meta: Metadata,
    ) -> None:
        """Ask a guardian, or another one, while the account is blocked; its end stays.

        Raises:
            NotBlockedError: the account awaits no agreement.
            TooLateError: the seven days are over.
            GuardianLettersError: too many letters went out.
            BirthDateMissingError: staff reported a minor, and the date is still unknown.
            AdultError: the birth date is an adult's.
        """
        now = self._clock.now()
        command = c.NameGuardian(
            guardian=self._accounts.guardian(learner_id, email, name, meta),
            birth_date=birth_date,
            minority_id=meta.first_id(MINORITY),
            today=now.astimezone(PARIS).date(),
            at=now,
        )
        await self._accounts.handle(learner_id, command, meta)

    async def repeat(self, learner_id: SubjectId, meta: Metadata) -> None:
        """Send the question to the guardian once more.

        Raises:
            NotBlockedError: nobody is being asked.
            TooLateError: the seven days are over.
            GuardianLettersError: too many letters went out.
        """
        command = c.RepeatGuardianLetter(self._clock.now())
        await self._accounts.handle(learner_id, command, meta)

    async def report(self, learner_id: SubjectId, reason: ReportReason, meta: Metadata) -> None:
        """Block the account of a learner whom staff found to be under 18 (C11.2).

        Raises:
            UnknownAccountError: there is no such account.
            AccountClosedError: it is closed.
        """
        command = c.ReportMinority(reason, meta.first_id(MINORITY), self._clock.now())
        await self._accounts.handle(learner_id, command, meta)

    async def withdraw(
        self, learner_id: SubjectId, reason: WithdrawalReason, meta: Metadata
    ) -> None:
        """Take back a report that was wrong; the account is open again.

        Raises:
            UnknownAccountError: there is no such account.
            NotBlockedError: staff reported nothing about it.
        """
        await self._accounts.handle(learner_id, c.WithdrawReport(reason), meta)

    async def follow(self, minors: ReadModel) -> Mapping[str, int]:
        """Let time do its part in every account of `minors`; return how much there was to do.

        Reminders and ends are found by their instant. Days of majority are sealed: they are looked
        through when a day begins in Paris, when the process starts, and every hour.
        """
        now = self._clock.now()
        today = now.astimezone(PARIS).date()
        everybody = self._is_to_look_through(now)
        query = {} if everybody else {"look_at": {"$lte": now}}
        found = [row["_id"] async for row in minors.each(query)]
        acts = 0
        for learner_id in found:
            commit = await self._accounts.handle(
                SubjectId(learner_id), c.FollowMinority(today, now), Metadata.system(FOLLOWED)
            )
            acts += bool(commit.event_ids)
        if everybody:
            self._looked_through = now
        return {"minors": len(found), "acts": acts}

    def _is_to_look_through(self, now: datetime) -> bool:
        before = self._looked_through
        if before is None or now - before >= LOOKED_THROUGH_EVERY:
            return True
        return before.astimezone(PARIS).date() != now.astimezone(PARIS).date()


def _shown(learner: Learner, agreement_id: str) -> Asked:
    agreement: Agreement | None = learner.agreement
    if learner.closed or agreement is None or agreement.agreement_id != agreement_id:
        raise LinkSpentError
    name = "" if learner.first_name is None else learner.first_name.text("")
    asked = agreement.state is AgreementState.ASKED
    return Asked(name, agreement.state, agreement.until if asked else learner.blocked_until)


def _guardian(request: RequestIdentity) -> Metadata:
    return Metadata.of(request, actor="guardian", role="guardian")
