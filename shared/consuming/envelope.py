"""The envelope of a public event on Kafka: CloudEvents 1.0 in binary mode, JSON data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Protocol

from pydantic import ValidationError

from shared.events.base import ANY_SERVICE, PublicEvent, SubjectId
from shared.events.registry import PUBLIC_EVENTS, NewerVersionError
from shared.personal import Personal, personal_fields
from shared.topics import SERVICES

if TYPE_CHECKING:
    from shared.event_store import RecordedEvent

CONTENT_TYPE: Final = b"application/json"
SOURCE_PREFIX: Final = "/services/"
TYPE_PREFIX: Final = "com.carionexiq."
LONGEST_ID: Final = 200
LAST_SEQUENCE: Final = 2**53
"""The largest whole number that every JSON reader keeps exactly."""

_SOURCES: Final = {SOURCE_PREFIX + service: service for service in SERVICES}


class MalformedEventError(Exception):
    """A record is not an event of ours; the message names the defect, never the content."""


class NewerEventError(MalformedEventError):
    """A record of a later release; replayed from the dead letters once this one is upgraded."""


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
        NewerEventError: the record is of a later version of its event.
        MalformedEventError: headers or data do not have the contract's shape, or contradict
            each other.
    """
    try:
        headers = _headers(record)
        name, version = _type_of(headers["ce_type"])
        if name not in PUBLIC_EVENTS:
            return None
        subject = _id("ce_subject", headers["ce_subject"])
        if record.key != subject.encode():
            raise MalformedEventError("ce_subject is not the key")
        data = PUBLIC_EVENTS.decode_json(name, version, record.value or b"")
        _refuse_foreign_seals(data)
        causation = headers.get("ce_causationid")
        return Envelope(
            id=_id("ce_id", headers["ce_id"]),
            type=name,
            version=version,
            source=_source(headers["ce_source"], type(data)),
            subject=SubjectId(subject),
            stream=_id("ce_stream", headers["ce_stream"]),
            sequence=_sequence(headers["ce_sequence"]),
            time=_instant(headers["ce_time"]),
            correlation_id=_id("ce_correlationid", headers["ce_correlationid"]),
            causation_id=None if causation is None else _id("ce_causationid", causation),
            traceparent=headers.get("traceparent"),
            data=data,
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
        )
    except KeyError as error:
        raise MalformedEventError(f"missing header {error.args[0]}") from error
    except NewerVersionError as error:
        raise NewerEventError(f"newer version: {error}") from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = "/".join(str(step) for step in first["loc"][:2])
        raise MalformedEventError(f"{place}: {first['type']}") from error
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise MalformedEventError(type(error).__name__) from error


def _headers(record: Record) -> dict[str, str]:
    headers = {name: value.decode() for name, value in record.headers if value is not None}
    if len(headers) != len(record.headers):
        names = [name for name, _ in record.headers if name.startswith("ce_")]
        if len(names) != len(set(names)):
            raise MalformedEventError("duplicated ce_ header")
    return headers


def _type_of(header: str) -> tuple[str, int]:
    if not header.startswith(TYPE_PREFIX):
        raise MalformedEventError("ce_type is not ours")
    name, _, text = header.removeprefix(TYPE_PREFIX).rpartition(".v")
    version = int(text)
    if version < 1:
        raise MalformedEventError("ce_type has no version")
    return name, version


def _id(header: str, text: str) -> str:
    # Some become keys of documents, which take no NUL.
    if not 0 < len(text) <= LONGEST_ID or not text.isprintable():
        raise MalformedEventError(f"{header} is not an id")
    return text


def _source(header: str, event_type: type[PublicEvent]) -> str:
    service = _SOURCES.get(header)
    if service is None:
        raise MalformedEventError("ce_source is not ours")
    if event_type.SERVICE not in (service, ANY_SERVICE):
        raise MalformedEventError("ce_source does not publish this event")
    return service


def _sequence(header: str) -> int:
    sequence = int(header)
    if not 1 <= sequence <= LAST_SEQUENCE:
        raise MalformedEventError("ce_sequence is out of range")
    return sequence


def _refuse_foreign_seals(data: PublicEvent) -> None:
    """Raise where a value was sealed for somebody else than the event is about."""
    for name, mark in personal_fields(type(data)).items():
        value = getattr(data, name)
        if not isinstance(value, Personal) or value.sealed is None:
            continue
        if value.sealed.subject != getattr(data, mark.about):
            raise MalformedEventError(f"{name} is sealed for another subject")


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise MalformedEventError("ce_time has no zone")
    # An instant that has no date in UTC could not be stored.
    return instant.astimezone(UTC)
