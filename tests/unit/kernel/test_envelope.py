"""The envelope: a round trip keeps everything; anything else is malformed, never a crash."""

import contextlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.consuming.envelope import MalformedEventError, decode, encode
from shared.event_store import Metadata, RecordedEvent
from shared.events.base import SubjectId
from shared.events.identity import LearnerLoggedIn

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
