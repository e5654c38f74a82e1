"""The learner's own request for erasure (C8.4)."""

from services.retention.application.case_opening import CaseOpener
from services.retention.application.lives import LifeReader
from services.retention.application.rule_book import RuleBook
from services.retention.domain.clocks.agenda import OpenCase
from services.retention.domain.clocks.clock import UNCOVERED
from services.retention.domain.clocks.compute import clocks_of
from services.retention.domain.clocks.objects import ACCOUNT
from services.retention.domain.clocks.request import RequestPlan, plan_request
from services.retention.domain.errors import (
    ConfirmationMissingError,
    NothingToEraseError,
    UnknownSubjectError,
)
from services.retention.domain.life.life import Life, Scope
from services.retention.domain.life.told import as_told
from shared.clock import Clock
from shared.event_store import Metadata


class ErasureRequests:
    """Tells what a request would do, and does it."""

    def __init__(self, rules: RuleBook, clock: Clock, lives: LifeReader, cases: CaseOpener) -> None:
        self._rules = rules
        self._clock = clock
        self._lives = lives
        self._cases = cases

    async def plan(self, subject: str) -> RequestPlan:
        """Return what goes and what stays.

        Raises:
            UnknownSubjectError: nothing is known of the person.
        """
        now, rules = self._clock.now(), await self._rules.current()
        return plan_request(rules, as_told(await self._life(subject), now), now)

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
        now = self._clock.now()
        rules = await self._rules.current()
        # What a hold keeps in secret is ordered too, and left out before its key is destroyed.
        life = as_told(await self._life(subject), now)
        goes = plan_request(rules, life, now).goes
        if not goes:
            raise NothingToEraseError
        rule_ids = {
            clock.rule_id
            for clock in clocks_of(rules, life)
            if Scope(clock.category, clock.object) in goes and clock.rule_id != UNCOVERED
        }
        order = OpenCase(
            scopes=goes,
            rule_ids=tuple(sorted(rule_ids)),
            mode="deleted",
            reason="request",
            closes_account=any(scope.category in ACCOUNT for scope in life.live()),
            due=now,
        )
        return await self._cases.open(life, order, meta)

    async def _life(self, subject: str) -> Life:
        life = await self._lives.load(subject)
        if life is None:
            raise UnknownSubjectError
        return life
