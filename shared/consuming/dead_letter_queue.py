"""Looking into the dead letters of a service, and settling them: every act is an event."""

import base64
from collections.abc import Sequence
from typing import Any, Final, Literal

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from pydantic import BaseModel

from shared.consuming.dead_letter_state import DeadLetter, letter_of, require_waiting
from shared.consuming.dead_letters import HEADER_PREFIX, STREAMS, subject_of, unpacked
from shared.event_store import EventStore, Metadata
from shared.events.base import DomainEvent
from shared.events.dead_letters import DeadLetterSettled, DeadLetterShown
from shared.personal import Erased, Personal, Sealed
from shared.topics import LARGEST_DEAD_LETTER_BYTES
from shared.vault import Vault

PAGE: Final = 50
READ_WITHIN_MS: Final = 10_000
LETTER_HEADER: Final = f"{HEADER_PREFIX}letter"
LATEST: Final = f"{STREAMS}~"
"""After every letter's stream."""

Settlement = Literal["replayed", "discarded"]


class NoSuchLetterError(LookupError):
    """There is no dead letter of that id."""


class ContentErasedError(Exception):
    """The letter's term has come, and its content cannot be read any more."""


class DeadLetterPage(BaseModel):
    """Some letters, the latest first."""

    items: list[DeadLetter]
    next: str | None
    """To be passed as `before` for the next page."""


class DeadLetterContent(BaseModel):
    """A record as it came; bytes as text where they are UTF-8, else in base64 after `base64:`."""

    key: str | None
    value: str | None
    headers: list[tuple[str, str | None]]


class DeadLetterQueue:
    """The dead letters of one service, for its operators."""

    def __init__(
        self,
        service: str,
        topic: str,
        store: EventStore,
        vault: Vault,
        producer: AIOKafkaProducer,
        *,
        bootstrap_servers: str,
    ) -> None:
        self._subject = subject_of(service)
        self._topic = topic
        self._store = store
        self._vault = vault
        self._producer = producer
        self._bootstrap_servers = bootstrap_servers

    async def page(
        self, *, before: str | None = None, limit: int = PAGE, waiting_only: bool = False
    ) -> DeadLetterPage:
        """Return up to `limit` letters, the latest first, older than the letter `before`."""
        letters: list[DeadLetter] = []
        last = STREAMS + before if before else LATEST
        while len(letters) <= limit:
            streams = await self._store.load_streams(STREAMS, before=last, limit=limit)
            for stream in streams.values():
                letter = letter_of(stream)
                if letter is not None and (letter.state == "waiting" or not waiting_only):
                    letters.append(letter)
            if len(streams) < limit:
                break
            last = min(streams)
        more = len(letters) > limit
        letters = letters[:limit]
        return DeadLetterPage(items=letters, next=letters[-1].id if more else None)

    async def waiting(self) -> int:
        """Return how many letters nobody has settled."""
        kept = await self._store.count(STREAMS, {"version": 1})
        settled = await self._store.count(
            STREAMS,
            {"events.type": DeadLetterSettled.type_name(), "events.data.again": False},
        )
        return kept - settled

    async def find(self, letter_id: str) -> DeadLetter:
        """Return one letter.

        Raises:
            NoSuchLetterError: there is none of that id.
        """
        letter = letter_of(await self._store.load(STREAMS + letter_id))
        if letter is None:
            raise NoSuchLetterError(letter_id)
        return letter

    async def show(self, letter_id: str, *, reason: str, meta: Metadata) -> DeadLetterContent:
        """Return the content of a letter, and record who looked and why.

        Raises:
            NoSuchLetterError: there is none of that id.
            ContentErasedError: its term has come.
            KafkaError: the broker does not answer.
        """
        letter = await self.find(letter_id)
        content = await self._content(letter)
        shown = DeadLetterShown(letter_id=letter_id, by=meta.actor, reason=reason)
        await self._append(letter, shown, meta)
        return DeadLetterContent(
            key=_readable(content["key"]),
            value=_readable(content["value"]),
            headers=[(name, _readable(value)) for name, value in content["headers"]],
        )

    async def replay(
        self, letter_id: str, *, reason: str, again: bool, meta: Metadata
    ) -> DeadLetter:
        """Send a letter's record back to the topic it came from, exactly as it was.

        Subscribers that had processed it recognise the repetition.

        Raises:
            NoSuchLetterError: there is none of that id.
            AlreadySettledError: it was settled before, and not `again`.
            ContentErasedError: its term has come.
            KafkaError: the broker does not answer; nothing was recorded.
        """
        letter = await self.find(letter_id)
        if await self._store.earlier(meta) is not None:
            return letter
        require_waiting(letter, again=again)
        content = await self._content(letter)
        topic = letter.origin.rsplit("/", 2)[0]
        await self._producer.send_and_wait(
            topic,
            _bytes(content["value"]),
            key=_bytes(content["key"]),
            headers=[(name, _bytes(value)) for name, value in content["headers"]],
        )
        return await self._settle(letter, "replayed", reason, meta)

    async def discard(
        self, letter_id: str, *, reason: str, again: bool, meta: Metadata
    ) -> DeadLetter:
        """Put a letter aside for good; its content stays until its term.

        Raises:
            NoSuchLetterError: there is none of that id.
            AlreadySettledError: it was settled before, and not `again`.
        """
        letter = await self.find(letter_id)
        if await self._store.earlier(meta) is not None:
            return letter
        require_waiting(letter, again=again)
        return await self._settle(letter, "discarded", reason, meta)

    async def _settle(
        self, letter: DeadLetter, how: Settlement, reason: str, meta: Metadata
    ) -> DeadLetter:
        again = letter.state != "waiting"
        event = DeadLetterSettled(
            letter_id=letter.id, how=how, by=meta.actor, reason=reason, again=again
        )
        await self._append(letter, event, meta)
        return await self.find(letter.id)

    async def _append(self, letter: DeadLetter, event: DomainEvent, meta: Metadata) -> None:
        await self._store.append(
            STREAMS + letter.id, letter.version, [event], subject=self._subject, meta=meta
        )

    async def _content(self, letter: DeadLetter) -> dict[str, Any]:
        partition, offset = map(int, letter.place.split("/"))
        record = await self._read(partition, offset)
        if record is None or dict(record.headers).get(LETTER_HEADER) != letter.id.encode():
            # The topic was made anew since: what stands in its place is another letter.
            raise ContentErasedError(letter.id)
        sealed = Sealed.model_validate_json(record.value)
        opened: Any = (await self._vault.open(Personal(sealed))).reveal()
        if isinstance(opened, Erased):
            raise ContentErasedError(letter.id)
        return unpacked(opened)

    async def _read(self, partition: int, offset: int) -> ConsumerRecord | None:
        place = TopicPartition(self._topic, partition)
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap_servers,
            enable_auto_commit=False,
            max_partition_fetch_bytes=LARGEST_DEAD_LETTER_BYTES,
        )
        try:
            await consumer.start()
            consumer.assign([place])
            consumer.seek(place, offset)
            found = await consumer.getmany(place, timeout_ms=READ_WITHIN_MS, max_records=1)
        finally:
            await consumer.stop()
        return next((one for one in found.get(place, []) if one.offset == offset), None)


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)


def _readable(text: str | None) -> str | None:
    data = _bytes(text)
    if data is None:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return f"base64:{text}"


__all__: Sequence[str] = (
    "ContentErasedError",
    "DeadLetterContent",
    "DeadLetterPage",
    "DeadLetterQueue",
    "NoSuchLetterError",
)
