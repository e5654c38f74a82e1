"""Working clocks out anew: of lives that changed, and of all of them after an adoption."""

import asyncio
from dataclasses import dataclass
from typing import Final

from services.retention.adapters.clock_store import ClockStore
from services.retention.application.lives import LifeReader
from services.retention.application.rule_book import RuleBook
from services.retention.domain.ruleset.adoption import InForce
from shared import telemetry
from shared.clock import Clock
from shared.consuming.envelope import Envelope

A_FEW: Final = 1000
"""Lives that somebody who looks at clocks waits for; the others follow in the background."""

log = telemetry.logger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the clocks follow the lives and the rules."""

    waiting: int
    """Lives whose clocks are still to be worked out."""
    total: int


class Recomputation:
    """Keeps clocks true to lives and rules; repeatable, resumable, by any replica."""

    def __init__(
        self, rules: RuleBook, clocks: ClockStore, lives: LifeReader, clock: Clock
    ) -> None:
        self._rules = rules
        self._clocks = clocks
        self._lives = lives
        self._clock = clock
        self._marked = 0
        self._task: asyncio.Task[None] | None = None

    async def run(self) -> int:
        """Work out all clocks that wait; return of how many lives."""
        done = 0
        while worked := await self._some():
            done += worked
        return done

    async def a_few(self) -> None:
        """Work out some of the clocks that wait, so that who looks sees what just happened."""
        await self._some(limit=A_FEW)

    async def begin(self, _: Envelope) -> None:
        """Begin in the background, because rules were adopted; a sweep finishes what is left."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._in_background())

    async def progress(self) -> Progress:
        """Return how far it is."""
        await self._mark()
        return Progress(await self._clocks.waiting(), await self._lives.count())

    async def stop(self) -> None:
        """Leave what is under way to the next sweep."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _in_background(self) -> None:
        try:
            log.info("clocks are worked out", lives=await self.run())
        except Exception:
            log.exception("clocks are left to the next sweep")

    async def _some(self, **limit: int) -> int:
        in_force = await self._mark()
        return await self._clocks.refresh(in_force, self._clock.now(), **limit)

    async def _mark(self) -> InForce:
        """Mark once, by each replica, what was worked out under other rules than these."""
        in_force = await self._rules.in_force()
        if in_force.adoption > self._marked:
            await self._clocks.outdate(in_force.adoption)
            self._marked = in_force.adoption
        return in_force
