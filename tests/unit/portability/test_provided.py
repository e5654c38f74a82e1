"""What counts as provided is decided for every personal field, and all of it is in the file."""

import importlib
import json
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from pydantic import BaseModel

from services.identity.application.provided import provided as of_identity
from services.learning.adapters.catalogue_files import load_catalogue
from services.learning.application.provided import provided as of_learning
from services.learning.domain.enrolment.events import CourseEnrolled, ExerciseAnswered
from shared.event_store import Metadata, RecordedEvent
from shared.events.base import DomainEvent, Event, SubjectId
from shared.personal import Erased, Personal, personal_fields
from shared.portability.provided import ORIGINS
from tests.unit.docs.documents import DOCS, loaded
from tests.unit.portability.given import SOURCE, course
from tests.unit.test_personal_registry import EVENTS

NOW: Final = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
SUBJECT: Final = SubjectId("subject-1")
STORED: Final = [
    (owner, event)
    for owner, event in EVENTS
    if issubclass(event, DomainEvent) and personal_fields(event)
]
PROVIDED: Final = [
    pytest.param(owner, event, name, id=f"{event.__name__}-{name}")
    for owner, event in STORED
    for name in personal_fields(event)
    if ORIGINS.get(owner, {}).get(event.__name__, {}).get(name, None) is not None
    and ORIGINS[owner][event.__name__][name].is_provided
]


@pytest.mark.promise("C8.5")
def test_every_personal_field_that_is_stored_is_decided() -> None:
    declared = {
        (owner, event, field)
        for owner, events in ORIGINS.items()
        for event, fields in events.items()
        for field in fields
    }
    stored = {
        (owner, event.__name__, field)
        for owner, event in STORED
        for field in personal_fields(event)
    }
    assert sorted(stored - declared) == [], "say in shared/portability/provided.py what these are"
    assert sorted(declared - stored) == [], "no longer stored"


@pytest.mark.promise("C8.5")
def test_a_service_with_provided_fields_offers_them() -> None:
    owners = {
        owner
        for owner, events in ORIGINS.items()
        for fields in events.values()
        if any(origin.is_provided for origin in fields.values())
    }
    offering = {
        owner
        for owner in ORIGINS
        if "/me/provided" in loaded(DOCS / "openapi" / f"{owner}.yaml")["paths"]
    }
    assert owners <= offering


@pytest.mark.promise("C8.5")
@pytest.mark.parametrize(("owner", "event", "field"), PROVIDED)
def test_a_provided_value_is_in_the_file_and_leaves_it_with_its_key(
    owner: str, event: type[Event], field: str
) -> None:
    planted: Any = 73 if field == "score" else f"planted-{field}"
    if event.__name__ == "RecordImported":
        planted = json.dumps(
            {"source": SOURCE.model_dump(), "record": course().model_dump(mode="json")}
        )
    assert _looked_for(planted) in _part(owner, event, field, planted)
    gone = Erased(category=personal_fields(event)[field].category)
    assert _looked_for(planted) not in _part(owner, event, field, gone)


@pytest.mark.promise("C8.5", "C8.4")
@pytest.mark.parametrize(
    ("owner", "event"), [pytest.param(*one, id=one[1].__name__) for one in STORED]
)
def test_what_is_not_provided_is_not_in_the_file(owner: str, event: type[Event]) -> None:
    for field, origin in ORIGINS[owner][event.__name__].items():
        if not origin.is_provided:
            assert f"canary-{field}" not in _part(owner, event, field, f"canary-{field}")


def _looked_for(planted: object) -> str:
    if planted == 73:
        return '"score":73'
    return "Demander un budget" if str(planted).startswith("{") else str(planted)


def _part(owner: str, event: type[Event], field: str, value: object) -> str:
    """Return the service's part of a person whose one event has `value`, as JSON."""
    if owner not in ("identity", "learning"):
        return ""
    values: dict[str, Any] = {"learner_id": SUBJECT, "subject_id": SUBJECT}
    for name in personal_fields(event):
        values[name] = None
    if event.__name__ == "ExerciseAnswered":
        values |= {"answer": Personal("a"), "score": Personal(1)}
    if event.__name__ in ("RequestOpened", "MessageReceived", "ReplyGiven"):
        values |= {"message": Personal("message")}
    if event.__name__ == "SessionRecorded":
        values |= {"location": Personal("somewhere"), "recorded_at": NOW}
    values[field] = Personal(value)
    values |= {"request_id": "request-1", "enrolment_id": "enrolment-1", "import_id": "import-1"}
    values |= {"module_id": "budget-request", "exercise_id": "best-opening", "answered_at": NOW}
    values |= {"number": 1}
    values |= {"recording_id": "recording-1", "said_at": None, "language": "fr", "minor": False}
    model: type[BaseModel] = event
    built = model.model_construct(**{k: v for k, v in values.items() if k in model.model_fields})
    before: list[Event] = []
    if owner == "learning":
        before = [
            CourseEnrolled(
                learner_id=SUBJECT,
                enrolment_id="enrolment-1",
                module_id="budget-request",
                access_until=NOW.date(),
                enrolled_at=NOW,
            )
        ]
        if event.__name__ == "ScoreCorrected":
            before.append(
                ExerciseAnswered(
                    learner_id=SUBJECT,
                    enrolment_id="enrolment-1",
                    module_id="budget-request",
                    exercise_id="best-opening",
                    answer=Personal("a"),
                    score=Personal(1),
                    answered_at=NOW,
                )
            )
        return of_learning(load_catalogue(), _recorded(*before, built)).model_dump_json()
    if event.__name__ == "FileAttached":
        opened = importlib.import_module("services.identity.domain.support.events").RequestOpened
        before = [opened(subject_id=SUBJECT, request_id="request-1", message=Personal("message"))]
    return of_identity(_recorded(*before, built)).model_dump_json()


def _recorded(*events: Any) -> list[RecordedEvent]:
    meta = Metadata(actor="system", role="system", correlation_id="correlation-1")
    return [
        RecordedEvent(f"event-{n}", "stream-1", n, SUBJECT, NOW, event, meta)
        for n, event in enumerate(events, 1)
    ]
