"""The dead-letter topic: what could not be processed, with the reason, and losing nothing.

The whole record is sealed under a key of the service and the month, which goes when its term has
come; why it is there stays readable. What is known about a letter is a stream of the service's own.
"""

import base64
import json
import zlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol, TypeVar

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, wait_random_exponential

from shared import telemetry
from shared.clock import Clock
from shared.consuming.envelope import LONGEST_ID, TYPE_PREFIX, Record
from shared.event_store import EventStore, Metadata
from shared.events.base import SubjectId
from shared.events.dead_letters import DeadLetterKept, DeadLettersOpened
from shared.ids import new_id
from shared.personal import Category
from shared.unwell import is_unwell
from shared.vault import KeyId, Vault
from shared.vault.compartments import own_subject

HEADER_PREFIX: Final = "dlq_"
STREAMS: Final = "dead-letter-"
ATTEMPTS_LISTED: Final = 10
REMEMBERED: Final = 10_000
"""Letters kept lately, so that the second consumer of a record does not keep it again."""
MALFORMED: Final = "malformed: "
FIELD: Final = "record"

T = TypeVar("T")
log = telemetry.logger(__name__)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try that failed."""

    at: datetime
    defect: str


class DeadLetterKeeper(Protocol):
    """Keeps what a consumer could not process."""

    def attempt(self, defect: str) -> Attempt:
        """Return a try that has just failed."""

    async def keep(self, record: Record, *, consumer: str, attempts: Sequence[Attempt]) -> None:
        """Keep `record`; return once that is durable, however long it takes."""


class DeadLetters:
    """Keeps the failed records of one service."""

    def __init__(
        self,
        service: str,
        topic: str,
        producer: AIOKafkaProducer,
        store: EventStore,
        vault: Vault,
        clock: Clock,
    ) -> None:
        self._service = service
        self._topic = topic
        self._producer = producer
        self._store = store
        self._vault = vault
        self._clock = clock
        self._opened: set[str] = set()
        self._lately: dict[str, None] = {}
        self.count = 0

    def attempt(self, defect: str) -> Attempt:
        """Return a try that has just failed."""
        return Attempt(self._clock.now(), defect)

    async def keep(self, record: Record, *, consumer: str, attempts: Sequence[Attempt]) -> None:
        """Keep `record` as it came; return once that is durable, however long it takes.

        While Kafka or the database is away nothing may be acknowledged, so this waits. The same
        record of the same consumer is kept once.

        Args:
            record: the failed record.
            consumer: group that failed on it.
            attempts: what was wrong each time, in order; at least one.
        """
        origin = f"{record.topic}/{record.partition}/{record.offset}"
        # What nobody can read is one letter, however many consumers of the service meet it.
        name = origin if attempts[-1].defect.startswith(MALFORMED) else f"{consumer}:{origin}"
        if name in self._lately:
            return
        self._lately[name] = None
        if len(self._lately) > REMEMBERED:
            del self._lately[next(iter(self._lately))]
        try:
            await until_kept(lambda: self._keep(record, name, consumer, attempts))
        except BaseException:
            del self._lately[name]
            raise
        self.count += 1
        telemetry.dead_letters.add(1, {"consumer": consumer})
        log.error(
            "dead letter",
            reason=attempts[-1].defect,
            consumer=consumer,
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
        )

    async def _keep(
        self, record: Record, name: str, consumer: str, attempts: Sequence[Attempt]
    ) -> None:
        subject = subject_of(self._service)
        meta = Metadata.system("dead letter", command_id=f"dead-letter:{name}")
        month = await self._opened_month()
        letter_id = new_id()
        facts = {
            "reason": attempts[-1].defect,
            "consumer": consumer,
            "topic": record.topic,
            "partition": str(record.partition),
            "offset": str(record.offset),
            "attempts": str(len(attempts)),
            "letter": letter_id,
        }
        headers = [(HEADER_PREFIX + name, text.encode()) for name, text in facts.items()]
        try:
            kept = await self._send(packed(record), month, headers)
        except MessageSizeTooLargeError:
            # A topic made for smaller records: the value is where the record came from.
            kept = await self._send(packed(record, value=False), month, headers)
        event = DeadLetterKept(
            letter_id=letter_id,
            reason=attempts[-1].defect,
            consumer=consumer,
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            attempts=tuple((a.at.isoformat(), a.defect) for a in attempts[-ATTEMPTS_LISTED:]),
            tries=len(attempts),
            event_type=_header(record, "ce_type"),
            event_id=_header(record, "ce_id"),
            month=month,
            kept_partition=kept.partition,
            kept_offset=kept.offset,
        )
        await self._store.append(STREAMS + letter_id, 0, [event], subject=subject, meta=meta)

    async def _send(self, content: str, month: str, headers: list[tuple[str, bytes]]) -> Any:
        """Seal `content` and return where Kafka keeps it."""
        key_id = key_of(subject_of(self._service), month)
        sealed = await self._vault.seal(content, key_id=key_id, field=FIELD)
        return await self._producer.send_and_wait(
            self._topic, sealed.model_dump_json().encode(), headers=headers
        )

    async def _opened_month(self) -> str:
        """Return the present month, with a clock for what is kept in it."""
        month = f"{self._clock.now():%Y-%m}"
        if month not in self._opened:
            subject = subject_of(self._service)
            await self._store.append(
                f"dead-letters-{month}",
                0,
                [DeadLettersOpened(subject_id=subject, service=self._service, month=month)],
                subject=subject,
                meta=Metadata.system("dead letter", command_id=f"dead-letters-opened:{month}"),
            )
            self._opened.add(month)
        return month


def subject_of(service: str) -> SubjectId:
    """Return what stands in the place of a person where a service's dead letters are meant."""
    return SubjectId(own_subject(service))


def key_of(subject: SubjectId, month: str) -> KeyId:
    """Return the scope under which the contents of `month` are sealed."""
    return KeyId(subject, Category.DEAD_LETTERS, month)


def packed(record: Record, *, value: bool = True) -> str:
    """Return `record` as text, without its value unless `value`.

    A record that was small on its way is small here too.
    """
    content = {
        "key": _text(record.key),
        "value": _text(record.value if value else None),
        "headers": [[name, _text(value)] for name, value in record.headers],
    }
    return base64.b64encode(zlib.compress(json.dumps(content).encode())).decode()


def unpacked(text: str) -> dict[str, Any]:
    """Return key, value and headers of the record that `packed` made `text` of, in base64."""
    content: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(text)))
    return content


def _text(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data).decode()


def _header(record: Record, name: str) -> str | None:
    """Return a header where it looks as ours do; anything else may hold anything."""
    values = [value for header, value in record.headers if header == name and value is not None]
    text = values[0].decode(errors="replace") if len(values) == 1 else ""
    plain = text.replace("-", "").replace(".", "").isalnum() and text.isascii()
    if not plain or len(text) > LONGEST_ID:
        return None
    if name == "ce_type" and not text.startswith(TYPE_PREFIX):
        return None
    return text


def _tell(attempt: RetryCallState) -> None:
    error = attempt.outcome.exception() if attempt.outcome else None
    log.warning("dead letter not yet kept", error=type(error).__name__)


async def until_kept(keep: Callable[[], Awaitable[T]]) -> T:
    """Repeat `keep` until it succeeds, as long as only Kafka or the database is in its way."""
    async for attempt in AsyncRetrying(
        retry=retry_if_exception(lambda e: isinstance(e, KafkaError) or is_unwell(e)),
        before_sleep=_tell,
        wait=wait_random_exponential(multiplier=0.05, max=2),
    ):
        with attempt:
            return await keep()
    raise AssertionError("it tries for ever")
