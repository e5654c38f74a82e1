"""Looking after what is closed: that it stays so, and that nothing stays half-way."""

from collections.abc import Mapping
from datetime import timedelta

from services.retention.adapters.ledger import Entry
from services.retention.application.cases import CaseRunner
from services.retention.application.forget import Forgetter
from services.retention.application.lives import LifeReader
from services.retention.application.locks import SubjectLocks
from services.retention.application.watch import Watch
from services.retention.domain.clocks.request import holds_over
from services.retention.domain.life.life import Scope
from shared.clock import Clock
from shared.personal import Category


class Guard:
    """Compares the ledger with the vault and the cases, a part of it in each round."""

    def __init__(
        self,
        forgetter: Forgetter,
        cases: CaseRunner,
        *,
        lives: LifeReader,
        watch: Watch,
        locks: SubjectLocks,
        clock: Clock,
        delay: timedelta,
    ) -> None:
        self._forgetter = forgetter
        self._cases = cases
        self._lives = lives
        self._watch = watch
        self._locks = locks
        self._clock = clock
        self._delay = delay

    async def run(self) -> Mapping[str, int]:
        """Put right what is not as the ledger says, tell the officer, and return figures."""
        returned = await self._forgetter.stand_guard()
        for entry in returned:
            await self._watch.alarm("destroyed_key_returned", entry.subject, case_id=entry.case_id)
        completed = 0
        for entry in self._forgetter.disabled(self._clock.now() - self._delay):
            completed += await self._complete(entry)
        return {"keys_returned": len(returned), "lost_cases_completed": completed}

    async def _complete(self, entry: Entry) -> bool:
        """Destroy what was disabled for a case that is not known any more, unless a hold keeps it.

        A restore of an older state of this service has lost the case, and nobody would go on.
        """
        async with self._locks.of(entry.subject):
            if (await self._cases.state(entry.case_id)).plan is not None:
                return False
            life = await self._lives.load(entry.subject)
            scope = Scope(Category(entry.category), entry.object)
            if life is not None and holds_over(life, scope, self._clock.now()):
                return False
            await self._forgetter.complete(entry)
        await self._watch.alarm("case_lost", entry.subject, case_id=entry.case_id)
        return True
