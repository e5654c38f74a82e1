"""The envelope: a round trip keeps everything; anything else is malformed, never a crash."""

import contextlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.consuming.envelope import MalformedEventError, NewerEventError, decode, encode
from shared.event_store import Metadata, RecordedEvent
from shared.events.base import SubjectId
from shared.events.erasure import DataErased
from shared.events.identity import EmailConfirmationRequested, LearnerLoggedIn
from shared.events.registry import PUBLIC_EVENTS, NewerVersionError
from shared.personal import Category, Personal, Sealed
from shared.topics import SERVICES

RECORDED = RecordedEvent(
    id="commit-0",
    stream="learner-1",
    version=3,
    subject=SubjectId("subject-1"),
    at=datetime(2025, 1, 12, 9, 30, tzinfo=UTC),
    event=LearnerLoggedIn(learner_id=SubjectId("subject-1")),
    meta=Metadata(actor="a", role="learner", correlation_id="c", causation_id="cause"),
)


@dataclass
class Record:
    value: bytes | None
    headers: list[tuple[str, bytes | None]]
    topic: str = "identity.events"
    partition: int = 1
    offset: int = 7
    key: bytes | None = field(default=b"subject-1")


def encoded() -> Record:
    event = LearnerLoggedIn(learner_id=SubjectId("subject-1"))
    _, value, headers = encode("identity", RECORDED, event, "00-trace-span-01")
    return Record(value, [*headers])


def test_a_round_trip_keeps_everything() -> None:
    envelope = decode(encoded())
    assert envelope is not None
    assert envelope.data == LearnerLoggedIn(learner_id=SubjectId("subject-1"))
    assert (envelope.id, envelope.stream, envelope.sequence) == ("commit-0", "learner-1", 3)
    assert envelope.time == RECORDED.at
    assert (envelope.source, envelope.causation_id) == ("identity", "cause")
    assert envelope.traceparent == "00-trace-span-01"


def test_headers_and_key_are_pseudonymous() -> None:
    key, _, headers = encode("identity", RECORDED, LearnerLoggedIn(learner_id=SubjectId("s")), None)
    assert key == b"subject-1"
    assert {name for name, _ in headers} == {
        "content-type", "ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time",
        "ce_subject", "ce_stream", "ce_sequence", "ce_correlationid", "ce_causationid",
    }  # fmt: skip


def test_an_unknown_type_is_kept_apart_from_a_malformed_one() -> None:
    record = encoded()
    record.headers = [
        (name, b"com.carionexiq.NotYetKnown.v1" if name == "ce_type" else value)
        for name, value in record.headers
    ]
    assert decode(record) is None


@pytest.mark.parametrize(
    "missing",
    ["ce_id", "ce_type", "ce_source", "ce_subject", "ce_stream", "ce_sequence", "ce_time"],
)
def test_a_missing_header_is_named(missing: str) -> None:
    record = encoded()
    record.headers = [pair for pair in record.headers if pair[0] != missing]
    with pytest.raises(MalformedEventError, match=missing):
        decode(record)


@given(
    value=st.one_of(st.none(), st.binary(), st.text().map(str.encode), st.just(b"[" * 100_000)),
    header=st.sampled_from([name for name, _ in encoded().headers]),
    text=st.binary(),
)
def test_no_bytes_crash_the_decoder(value: bytes | None, header: str, text: bytes) -> None:
    record = encoded()
    record.value = value
    record.headers = [
        (name, text if name == header else content) for name, content in record.headers
    ]
    with contextlib.suppress(MalformedEventError):
        decode(record)


def test_a_malformed_event_is_described_without_its_content() -> None:
    record = encoded()
    record.value = json.dumps({"learner_id": {"canary": "canary"}}).encode()
    with pytest.raises(MalformedEventError) as caught:
        decode(record)
    assert "canary" not in str(caught.value)


def with_header(name: str, value: bytes) -> Record:
    record = encoded()
    record.headers = [(n, value if n == name else v) for n, v in record.headers]
    return record


@pytest.mark.parametrize(
    ("header", "value", "reason"),
    [
        ("ce_sequence", b"0", "out of range"),
        ("ce_sequence", b"-1", "out of range"),
        ("ce_sequence", str(2**53 + 1).encode(), "out of range"),
        ("ce_sequence", str(10**30).encode(), "out of range"),
        ("ce_id", b"", "ce_id is not an id"),
        ("ce_id", b"x" * 201, "ce_id is not an id"),
        ("ce_stream", b"", "ce_stream is not an id"),
        ("ce_stream", b"learner\x00", "ce_stream is not an id"),
        ("ce_correlationid", b"", "ce_correlationid is not an id"),
        ("ce_causationid", b"", "ce_causationid is not an id"),
        ("ce_subject", b"", "ce_subject is not an id"),
        ("ce_subject", b"subject-2", "ce_subject is not the key"),
        ("ce_source", b"identity", "ce_source is not ours"),
        ("ce_source", b"/services/elsewhere", "ce_source is not ours"),
        ("ce_source", b"/services/learning", "does not publish"),
        ("ce_type", b"com.carionexiq.LearnerLoggedIn.v0", "no version"),
        ("ce_time", b"0001-01-01T00:00:00+14:00", "OverflowError"),
    ],
)
def test_an_attribute_that_cannot_be_is_refused(header: str, value: bytes, reason: str) -> None:
    with pytest.raises(MalformedEventError, match=reason):
        decode(with_header(header, value))


def test_the_bounds_themselves_are_taken() -> None:
    longest = decode(with_header("ce_id", b"x" * 200))
    last = decode(with_header("ce_sequence", str(2**53).encode()))
    assert longest is not None
    assert last is not None
    assert (len(longest.id), last.sequence) == (200, 2**53)


def test_a_record_without_the_subject_as_its_key_is_refused() -> None:
    for key in (None, b"", b"subject-2", b"\xff"):
        record = encoded()
        record.key = key
        with pytest.raises(MalformedEventError, match="ce_subject is not the key"):
            decode(record)


@pytest.mark.parametrize("second", [b"commit-1", None])
def test_an_attribute_told_twice_is_refused(second: bytes | None) -> None:
    record = encoded()
    record.headers.append(("ce_id", second))
    with pytest.raises(MalformedEventError, match="duplicated ce_ header"):
        decode(record)


def test_other_headers_may_come_twice_or_empty() -> None:
    record = encoded()
    record.headers += [("note", b"a"), ("note", b"b"), ("empty", None)]
    assert decode(record) is not None


def test_a_newer_version_is_refused_as_such() -> None:
    with pytest.raises(NewerEventError, match="newer version: LearnerLoggedIn"):
        decode(with_header("ce_type", b"com.carionexiq.LearnerLoggedIn.v2"))
    with pytest.raises(NewerVersionError):
        PUBLIC_EVENTS.decode("LearnerLoggedIn", 2, {"learner_id": "subject-1"})
    with pytest.raises(NewerVersionError):
        PUBLIC_EVENTS.decode_json("LearnerLoggedIn", 2, b'{"learner_id": "subject-1"}')


def test_every_service_may_say_that_it_has_erased() -> None:
    erased = DataErased(
        case_id="case-1", subject_id=SubjectId("subject-1"), service="learning", counts={}
    )
    for service in SERVICES:
        key, value, headers = encode(service, RECORDED, erased, None)
        envelope = decode(Record(value, [*headers], key=key))
        assert envelope is not None
        assert envelope.source == service


@pytest.mark.parametrize("sealed_for", ["subject-1", "subject-2"])
def test_a_value_sealed_for_somebody_else_is_forged(sealed_for: str) -> None:
    token: Personal[str] = Personal(
        Sealed(subject=sealed_for, category=Category.CONTACT, field="token", box="Ym94")
    )
    event = EmailConfirmationRequested(learner_id=SubjectId("subject-1"), token=token)
    key, value, headers = encode("identity", RECORDED, event, None)
    record = Record(value, [*headers], key=key)
    if sealed_for == "subject-1":
        envelope = decode(record)
        assert envelope is not None
        assert envelope.data == event
        return
    with pytest.raises(MalformedEventError, match="token is sealed for another subject"):
        decode(record)
