"""The envelope of a public event on Kafka: CloudEvents 1.0 in binary mode, JSON data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol

from pydantic import ValidationError

from shared.events.base import PublicEvent, SubjectId
from shared.events.registry import PUBLIC_EVENTS

if TYPE_CHECKING:
    from shared.event_store import RecordedEvent

CONTENT_TYPE: Final = b"application/json"
SOURCE_PREFIX: Final = "/services/"
TYPE_PREFIX: Final = "com.carionexiq."


class MalformedEventError(Exception):
    """A record is not an event of ours; the message names the defect, never the content."""


class Record(Protocol):
    """What is read of a Kafka record."""

    @property
    def topic(self) -> str:
        """Topic it stands in."""

    @property
    def partition(self) -> int:
        """Partition it stands in."""

    @property
    def offset(self) -> int:
        """Place in the partition."""

    @property
    def key(self) -> bytes | None:
        """Subject id."""

    @property
    def value(self) -> bytes | None:
        """JSON data."""

    @property
    def headers(self) -> Sequence[tuple[str, bytes | None]]:
        """CloudEvents attributes and trace context."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A public event with where it comes from and where it stood on the bus."""

    id: str
    type: str
    version: int
    source: str
    """Name of the service that published it."""
    subject: SubjectId
    stream: str
    sequence: int
    """Version of the event in its stream."""
    time: datetime
    correlation_id: str
    causation_id: str | None
    traceparent: str | None
    data: PublicEvent
    topic: str
    partition: int
    offset: int


def encode(
    service: str, record: "RecordedEvent", event: PublicEvent, traceparent: str | None
) -> tuple[bytes, bytes, list[tuple[str, bytes]]]:
    """Return key, value and headers under which `event` is published."""
    headers = {
        "content-type": CONTENT_TYPE.decode(),
        "ce_specversion": "1.0",
        "ce_id": record.id,
        "ce_source": SOURCE_PREFIX + service,
        "ce_type": f"{TYPE_PREFIX}{event.type_name()}.v{event.VERSION}",
        "ce_time": record.at.isoformat(),
        "ce_subject": record.subject,
        "ce_stream": record.stream,
        "ce_sequence": str(record.version),
        "ce_correlationid": record.meta.correlation_id,
        "ce_causationid": record.meta.causation_id,
        "traceparent": traceparent,
    }
    return (
        record.subject.encode(),
        event.model_dump_json().encode(),
        [(name, value.encode()) for name, value in headers.items() if value is not None],
    )


def decode(record: Record) -> Envelope | None:
    """Return the envelope of `record`, or `None` for an event type this version does not know.

    Raises:
        MalformedEventError: headers or data do not have the contract's shape.
    """
    try:
        headers = {name: value.decode() for name, value in record.headers if value is not None}
        name, version = _type_of(headers["ce_type"])
        if name not in PUBLIC_EVENTS:
            return None
        data = PUBLIC_EVENTS.decode_json(name, version, record.value or b"")
        return Envelope(
            id=headers["ce_id"],
            type=name,
            version=version,
            source=headers["ce_source"].removeprefix(SOURCE_PREFIX),
            subject=SubjectId(headers["ce_subject"]),
            stream=headers["ce_stream"],
            sequence=int(headers["ce_sequence"]),
            time=_instant(headers["ce_time"]),
            correlation_id=headers["ce_correlationid"],
            causation_id=headers.get("ce_causationid"),
            traceparent=headers.get("traceparent"),
            data=data,
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
        )
    except KeyError as error:
        raise MalformedEventError(f"missing header {error.args[0]}") from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = "/".join(str(step) for step in first["loc"][:2])
        raise MalformedEventError(f"{place}: {first['type']}") from error
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise MalformedEventError(type(error).__name__) from error


def _type_of(header: str) -> tuple[str, int]:
    if not header.startswith(TYPE_PREFIX):
        raise MalformedEventError("ce_type is not ours")
    name, _, version = header.removeprefix(TYPE_PREFIX).rpartition(".v")
    return name, int(version)


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise MalformedEventError("ce_time has no zone")
    return instant
