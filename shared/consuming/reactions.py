"""Reactions: a foreign event leads to a command here, once however often the event arrives."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shared import telemetry
from shared.consuming.dead_letters import MALFORMED, Attempt, DeadLetterKeeper
from shared.consuming.envelope import Envelope, MalformedEventError, Record, decode
from shared.consuming.lanes import Lane, Lanes
from shared.events.base import PublicEvent
from shared.unwell import is_unwell

FIRST_DELAY_SECONDS: Final = 0.05
LONGEST_DELAY_SECONDS: Final = 5.0
AT_ONCE: Final = 16
"""Subjects whose reactions run at the same time."""

Handler = Callable[[Envelope], Awaitable[object]]

log = telemetry.logger(__name__)


class PermanentFailureError(Exception):
    """The event can never be handled; trying again is useless."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a service does because of other services' events.

    Handlers are called at least once per event, in the subject's order, for several subjects at the
    same time; they make their effect idempotent by appending with
    `Metadata.caused_by(envelope, name)`.
    """

    name: str
    topics: tuple[str, ...]
    handlers: Mapping[type[PublicEvent], Handler]


class Reactor:
    """Runs the reactions of one service over batches of records."""

    def __init__(
        self,
        group: str,
        reactions: Sequence[Reaction],
        dead_letters: DeadLetterKeeper,
        *,
        attempts: int,
        rng: random.Random,
    ) -> None:
        self._group = group
        self._reactions = reactions
        self._dead_letters = dead_letters
        self._attempts = attempts
        self._random = rng
        self._at_work = asyncio.Semaphore(AT_ONCE)
        self.lanes = Lanes(self._settle)

    async def process(self, records: Sequence[Record]) -> None:
        """Handle `records`: of one subject in order, of several at the same time.

        Returns when each is handled, kept as a dead letter, or waits in `lanes` to be tried again,
        where it holds up only what follows of its subject.
        """
        await self.lanes.take(records)

    async def _settle(self, record: Record, lane: Lane) -> None:
        """Handle `record` or keep it as a dead letter, whatever that takes."""
        while True:
            try:
                await self._handle(record, lane)
            except Exception:
                # Neither was possible, and no engine is to blame: it is not acknowledged.
                log.exception("a record is neither handled nor kept", topic=record.topic)
                await lane.pause(LONGEST_DELAY_SECONDS)
            else:
                return

    async def _handle(self, record: Record, lane: Lane) -> None:
        try:
            envelope = decode(record)
        except MalformedEventError as error:
            async with self._at_work:
                await self._bury(record, [self._dead_letters.attempt(f"{MALFORMED}{error}")])
            return
        if envelope is None:
            return
        for reaction in self._reactions:
            handler = reaction.handlers.get(type(envelope.data))
            if handler is not None:
                await self._react(reaction, handler, envelope, record, lane)

    async def _react(
        self,
        reaction: Reaction,
        handler: Handler,
        envelope: Envelope,
        record: Record,
        lane: Lane,
    ) -> None:
        """Run one reaction until it succeeds or has failed too often."""
        failed: list[Attempt] = []
        while True:
            async with self._at_work:
                settled = await self._attempt(reaction, handler, envelope, record, failed)
            if settled:
                return
            await lane.pause(self._delay(len(failed)))

    async def _attempt(
        self,
        reaction: Reaction,
        handler: Handler,
        envelope: Envelope,
        record: Record,
        failed: list[Attempt],
    ) -> bool:
        """Try once; add what was wrong to `failed`; tell whether that was the end of it."""
        attributes = {"event.type": envelope.type, "reaction": reaction.name}
        try:
            with telemetry.span("react", attributes, parent=envelope.traceparent):
                await handler(envelope)
        except PermanentFailureError as error:
            failed.append(self._dead_letters.attempt(_defect(reaction, error)))
        except Exception as error:
            # While database or keys are away the event is not to blame, so it is not given up.
            unwell = is_unwell(error)
            failed.append(self._dead_letters.attempt(_defect(reaction, error)))
            log.warning(
                "reaction waits for the database or keys" if unwell else "reaction failed",
                reaction=reaction.name,
                event_type=envelope.type,
                event_id=envelope.id,
                attempt=len(failed),
                exc_info=error,
            )
            if unwell or len(failed) < self._attempts:
                return False
        else:
            return True
        await self._bury(record, failed)
        return True

    def _delay(self, attempt: int) -> float:
        longest = min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2.0 ** (attempt - 1))
        return self._random.uniform(longest / 2, longest)

    async def _bury(self, record: Record, attempts: Sequence[Attempt]) -> None:
        await self._dead_letters.keep(record, consumer=self._group, attempts=attempts)


def _defect(reaction: Reaction, error: Exception) -> str:
    return f"{reaction.name}: {type(error).__name__}"
