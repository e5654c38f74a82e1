"""Reactions: a foreign event leads to a command here, once however often the event arrives."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shared import telemetry
from shared.consuming.dead_letters import MALFORMED, Attempt, DeadLetterKeeper
from shared.consuming.envelope import Envelope, MalformedEventError, Record, decode
from shared.database import is_unwell
from shared.events.base import PublicEvent
from shared.for_each import for_each

FIRST_DELAY_SECONDS: Final = 0.05
LONGEST_DELAY_SECONDS: Final = 5.0
SUBJECTS_AT_ONCE: Final = 16

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

    async def process(self, records: Sequence[Record]) -> None:
        """Handle `records`: of one subject in order, of several at the same time.

        Failures end in the dead-letter topic, never in silence; what waits to be tried again holds
        up nobody else.
        """
        by_subject: dict[bytes | None, list[Record]] = {}
        for record in records:
            by_subject.setdefault(record.key, []).append(record)
        await for_each(by_subject.values(), self._in_order, at_once=SUBJECTS_AT_ONCE)

    async def _in_order(self, records: Sequence[Record]) -> None:
        for record in records:
            try:
                envelope = decode(record)
            except MalformedEventError as error:
                await self._bury(record, [self._dead_letters.attempt(f"{MALFORMED}{error}")])
                continue
            if envelope is None:
                continue
            for reaction in self._reactions:
                handler = reaction.handlers.get(type(envelope.data))
                if handler is not None:
                    await self._run(reaction, handler, envelope, record)

    async def _run(
        self, reaction: Reaction, handler: Handler, envelope: Envelope, record: Record
    ) -> None:
        failed: list[Attempt] = []
        while True:
            attributes = {"event.type": envelope.type, "reaction": reaction.name}
            try:
                with telemetry.span("react", attributes, parent=envelope.traceparent):
                    await handler(envelope)
            except PermanentFailureError as error:
                failed.append(self._dead_letters.attempt(_defect(reaction, error)))
                await self._bury(record, failed)
                return
            except Exception as error:
                # While the database is unwell the event is not to blame, so it is not given up.
                unwell = is_unwell(error)
                failed.append(self._dead_letters.attempt(_defect(reaction, error)))
                log.warning(
                    "reaction waits for the database" if unwell else "reaction failed",
                    reaction=reaction.name,
                    event_type=envelope.type,
                    event_id=envelope.id,
                    attempt=len(failed),
                    exc_info=error,
                )
                if len(failed) >= self._attempts and not unwell:
                    await self._bury(record, failed)
                    return
            else:
                return
            await asyncio.sleep(self._delay(len(failed)))

    def _delay(self, attempt: int) -> float:
        longest = min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2.0 ** (attempt - 1))
        return self._random.uniform(longest / 2, longest)

    async def _bury(self, record: Record, attempts: Sequence[Attempt]) -> None:
        await self._dead_letters.keep(record, consumer=self._group, attempts=attempts)


def _defect(reaction: Reaction, error: Exception) -> str:
    return f"{reaction.name}: {type(error).__name__}"
