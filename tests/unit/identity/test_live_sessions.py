"""An external speaker sees participants of their own session, while it lasts (C6.3)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.identity.domain.errors import LiveSessionClosedError
from services.identity.domain.live_session import require_open
from services.identity.entrypoints.participants import ParticipantsView, ParticipantView
from services.identity.projections.attendances import Attendances, attending
from services.identity.projections.live_sessions import LiveSessions
from shared.clock import VirtualClock
from shared.database import Document
from shared.events import learning as e
from shared.events.base import PublicEvent, SubjectId
from tests.envelopes import enveloped

STARTS = datetime(2030, 3, 2, 9, tzinfo=UTC)
ENDS = STARTS + timedelta(hours=2)
ANNA = SubjectId("anna")
PLANNED = e.LiveSessionPlanned(
    trainer_id=ANNA,
    session_id="s-1",
    module_id="budget-request",
    cohort="2030-Q1",
    starts_at=STARTS,
    ends_at=ENDS,
)
ASSIGNED = e.SpeakerAssigned(
    trainer_id=ANNA, session_id="s-1", speaker_id="speaker-1", assigned_by="chief"
)


def session(*events: PublicEvent) -> Document | None:
    document: Document | None = None
    for number, event in enumerate(events, 1):
        envelope = enveloped(event, subject=ANNA, at=STARTS, sequence=number)
        assert list(LiveSessions().keys(envelope)) == ["s-1"]
        document = LiveSessions().fold(document, envelope)
    return document


@pytest.mark.promise("C6.3")
def test_participants_are_shown_from_the_first_instant_to_the_last_and_never_else(
    tmp_path: Path,
) -> None:
    open_session = session(PLANNED, ASSIGNED)
    clock = VirtualClock(tmp_path / "clock", start=STARTS - timedelta(days=1))
    seen = []
    for at in (STARTS - timedelta(seconds=1), STARTS, ENDS - timedelta(seconds=1), ENDS):
        clock.move_to(at)
        try:
            require_open(open_session, "speaker-1", clock.now())
        except LiveSessionClosedError:
            seen.append(False)
        else:
            seen.append(True)
    assert seen == [False, True, True, False]


@pytest.mark.promise("C6.3")
@pytest.mark.parametrize(
    ("events", "speaker"),
    [
        ((), "speaker-1"),
        ((PLANNED,), "speaker-1"),
        ((PLANNED, ASSIGNED), "speaker-2"),
        (
            (
                PLANNED,
                ASSIGNED,
                e.SpeakerWithdrawn(trainer_id=ANNA, session_id="s-1", withdrawn_by="chief"),
            ),
            "speaker-1",
        ),
        (
            (PLANNED, ASSIGNED, e.LiveSessionCancelled(trainer_id=ANNA, session_id="s-1")),
            "speaker-1",
        ),
    ],
)
def test_nobody_else_sees_anything_of_it(events: tuple[PublicEvent, ...], speaker: str) -> None:
    with pytest.raises(LiveSessionClosedError):
        require_open(session(*events), speaker, STARTS)


@pytest.mark.promise("C6.3")
def test_who_takes_part_is_who_is_enrolled_in_the_group() -> None:
    enrolled = e.CourseEnrolled(
        learner_id=SubjectId("ada"),
        enrolment_id="e-1",
        module_id="budget-request",
        access_until=STARTS.date(),
    )
    envelope = enveloped(enrolled, subject=SubjectId("ada"), at=STARTS, sequence=1)
    row = Attendances().fold(None, envelope)
    assert row == {"learner_id": "ada", "module_id": "budget-request", "cohort": "2030-Q1"}
    planned = session(PLANNED)
    assert planned is not None
    assert attending(planned) == {"module_id": "budget-request", "cohort": "2030-Q1"}
    assert attending({**planned, "cohort": None}) == {"module_id": "budget-request"}
    ended = e.EnrolmentEnded(learner_id=SubjectId("ada"), enrolment_id="e-1", reason="learner")
    over = enveloped(ended, subject=SubjectId("ada"), at=STARTS, sequence=2)
    assert Attendances().fold(row, over) is None


@pytest.mark.promise("C6.3")
def test_the_answer_has_a_first_name_and_a_context_and_nothing_else_about_a_person() -> None:
    assert set(ParticipantView.model_fields) == {"first_name", "professional_context"}
    assert set(ParticipantsView.model_fields) == {"items", "page", "pages", "total", "until"}


@pytest.mark.promise("C6.3")
def test_what_a_speaker_sees_moves_with_the_session() -> None:
    moved = e.LiveSessionMoved(
        trainer_id=ANNA,
        session_id="s-1",
        starts_at=STARTS + timedelta(days=1),
        ends_at=ENDS + timedelta(days=1),
    )
    document = session(PLANNED, ASSIGNED, moved)
    with pytest.raises(LiveSessionClosedError):
        require_open(document, "speaker-1", STARTS)
    assert require_open(document, "speaker-1", STARTS + timedelta(days=1))


@pytest.mark.promise("C6.3")
def test_who_does_not_come_is_not_shown_to_the_speaker() -> None:
    times = {"starts_at": STARTS, "ends_at": ENDS}
    ada = SubjectId("ada")
    seat = {"learner_id": ada, "session_id": "s-1", "module_id": "budget-request", **times}
    away = e.SessionUninvited(**seat, sequence=1, because="given_up")
    back = e.SessionInvited(**seat, sequence=2)
    group = {"module_id": "budget-request", "cohort": "2030-Q1"}
    for events, query in (
        ((PLANNED, ASSIGNED, away), {**group, "learner_id": {"$nin": ["ada"]}}),
        ((away, PLANNED, ASSIGNED), {**group, "learner_id": {"$nin": ["ada"]}}),
        ((PLANNED, ASSIGNED, away, back), group),
    ):
        assert attending(session(*events) or {}) == query
    with pytest.raises(LiveSessionClosedError):
        require_open(session(away), "speaker-1", STARTS)
