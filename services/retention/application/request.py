"""The learner's own request for erasure (C8.4)."""

from services.retention.application.cases import CaseRunner
from services.retention.application.lives import LifeReader
from services.retention.domain.clocks.agenda import OpenCase, closes_account
from services.retention.domain.clocks.clock import UNCOVERED
from services.retention.domain.clocks.compute import clocks_of
from services.retention.domain.clocks.request import RequestPlan, plan_request
from services.retention.domain.errors import (
    ConfirmationMissingError,
    NothingToEraseError,
    UnknownSubjectError,
)
from services.retention.domain.life.life import Scope
from services.retention.domain.ruleset.model import RuleSet
from shared.clock import Clock
from shared.event_store import Metadata


class ErasureRequests:
    """Tells what a request would do, and does it."""

    def __init__(self, rules: RuleSet, clock: Clock, lives: LifeReader, cases: CaseRunner) -> None:
        self._rules = rules
        self._clock = clock
        self._lives = lives
        self._cases = cases

    async def plan(self, subject: str) -> RequestPlan:
        """Return what goes and what stays.

        Raises:
            UnknownSubjectError: nothing is known of the person.
        """
        life = await self._lives.load(subject)
        if life is None:
            raise UnknownSubjectError
        return plan_request(self._rules, life, self._clock.now())

    async def request(self, subject: str, *, confirm: bool, meta: Metadata) -> str:
        """Open the case of a confirmed request and return its id; there is no way back.

        Raises:
            ConfirmationMissingError: the person has not confirmed.
            UnknownSubjectError: nothing is known of the person.
            NothingToEraseError: everything that may go has gone.
        """
        if not confirm:
            raise ConfirmationMissingError
        earlier = await self._cases.earlier(meta)
        if earlier is not None:
            return earlier
        life = await self._lives.load(subject)
        if life is None:
            raise UnknownSubjectError
        now = self._clock.now()
        goes = plan_request(self._rules, life, now).goes
        if not goes:
            raise NothingToEraseError
        rule_ids = {
            clock.rule_id
            for clock in clocks_of(self._rules, life)
            if Scope(clock.category, clock.object) in goes and clock.rule_id != UNCOVERED
        }
        order = OpenCase(
            scopes=goes,
            rule_ids=tuple(sorted(rule_ids)),
            mode="deleted",
            reason="request",
            closes_account=closes_account(life, goes),
            due=now,
        )
        return await self._cases.open(life, order, meta)
