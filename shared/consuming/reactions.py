"""Reactions: a foreign event leads to a command here, once however often the event arrives."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from aiokafka.errors import KafkaError

from shared import telemetry
from shared.consuming.dead_letters import DeadLetters
from shared.consuming.envelope import Envelope, MalformedEventError, Record, decode
from shared.database import is_unwell
from shared.events.base import PublicEvent
from shared.for_each import for_each

FIRST_DELAY_SECONDS: Final = 0.05
LONGEST_DELAY_SECONDS: Final = 5.0
SUBJECTS_AT_ONCE: Final = 16

Handler = Callable[[Envelope], Awaitable[object]]
T = TypeVar("T")

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
        dead_letters: DeadLetters,
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
                await self._bury(record, f"malformed: {error}", attempts=1)
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
        attempt = 0
        while True:
            attempt += 1
            attributes = {"event.type": envelope.type, "reaction": reaction.name}
            try:
                with telemetry.span("react", attributes, parent=envelope.traceparent):
                    await handler(envelope)
            except PermanentFailureError as error:
                await self._bury(record, _reason(reaction, error), attempts=attempt)
                return
            except Exception as error:
                # While the database is unwell the event is not to blame, so it is not given up.
                unwell = is_unwell(error)
                log.warning(
                    "reaction waits for the database" if unwell else "reaction failed",
                    reaction=reaction.name,
                    event_type=envelope.type,
                    event_id=envelope.id,
                    attempt=attempt,
                    exc_info=error,
                )
                if attempt >= self._attempts and not unwell:
                    await self._bury(record, _reason(reaction, error), attempts=attempt)
                    return
            else:
                return
            await asyncio.sleep(self._delay(attempt))

    def _delay(self, attempt: int) -> float:
        longest = min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2.0 ** (attempt - 1))
        return self._random.uniform(longest / 2, longest)

    async def _bury(self, record: Record, reason: str, *, attempts: int) -> None:
        await until_kept(
            lambda: self._dead_letters.put(
                record, consumer=self._group, reason=reason, attempts=attempts
            )
        )


async def until_kept(put: Callable[[], Awaitable[T]]) -> T:
    """Repeat `put` until Kafka has taken the dead letter: nothing is acknowledged before."""
    while True:
        try:
            return await put()
        except KafkaError:
            log.exception("dead letter not yet kept")
            await asyncio.sleep(LONGEST_DELAY_SECONDS)


def _reason(reaction: Reaction, error: Exception) -> str:
    return f"{reaction.name}: {type(error).__name__}"
