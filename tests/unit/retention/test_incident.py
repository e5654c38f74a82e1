"""Given what happened to an incident, when something is asked, then events or a refusal."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from services.retention.adapters.notification_pdf import drawn
from services.retention.application.notification import notification_of
from services.retention.domain.errors import (
    DisclosureCountError,
    DisclosureOrderedError,
    DutiesLeftError,
    ExtentMissingError,
    IncidentDatesError,
    IncidentNotFoundError,
    IncidentOverError,
    LateReasonError,
    RetentionError,
)
from services.retention.domain.incident.commands import (
    AssessRisk,
    CloseIncident,
    FinishDisclosure,
    IncidentCommand,
    NotifyAuthority,
    OpenIncident,
    OrderDisclosure,
    RecordExtent,
    RemindOfDeadline,
    TakeMeasures,
)
from services.retention.domain.incident.decide import decide
from services.retention.domain.incident.events import IncidentEvent
from services.retention.domain.incident.evolve import evolve
from services.retention.domain.incident.extent import (
    Concerned,
    Extent,
    Question,
    kept_in,
    shown,
)
from services.retention.domain.incident.state import IncidentState
from services.retention.domain.life.life import Life, Scope
from shared import incidents as words
from shared.incidents import Risk
from shared.personal import Category
from shared.words import Text

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
BY = "officer-1"
QUESTION = Question(
    categories=(Category.CONTACT, Category.PAYMENT), since=NOON - 48 * HOUR, until=NOON
)


def opened(*, exercise: bool = False) -> OpenIncident:
    return OpenIncident(
        incident_id="i1",
        exercise=exercise,
        natures=("confidentiality",),
        cause="intrusion",
        began_at=NOON - 48 * HOUR,
        aware_at=NOON,
        by=BY,
        at=NOON,
    )


def extent(*people: tuple[Category, ...]) -> Extent:
    counted = Extent()
    for number, categories in enumerate(people):
        counted.add(Concerned(f"p{number}", categories))
    return counted


MEASURED = RecordExtent(
    QUESTION, extent((Category.CONTACT,), (Category.CONTACT, Category.PAYMENT)), BY, NOON
)


def risk(level: Risk) -> AssessRisk:
    return AssessRisk(level, ("phishing",), BY, NOON)


def notified(
    at: datetime = NOON, *, complete: bool = True, late: words.LateReason | None = None
) -> NotifyAuthority:
    return NotifyAuthority(complete, "CNIL-1", late, BY, at)


def after(*commands: IncidentCommand) -> IncidentState:
    state = IncidentState()
    for command in commands:
        for event in decide(command, state):
            state = evolve(state, event)
    return state


def then(state: IncidentState, command: IncidentCommand) -> Sequence[IncidentEvent]:
    return decide(command, state)


@pytest.mark.promise("C7.8")
def test_seventy_two_hours_run_from_becoming_aware() -> None:
    state = after(opened())
    assert state.opened is not None
    assert state.opened.notify_by == NOON + 72 * HOUR
    assert state.duties == ("extent", "risk", "authority", "lessons")


@pytest.mark.parametrize(
    ("began", "aware"), [(NOON, NOON - HOUR), (None, NOON + HOUR)], ids=["order", "future"]
)
def test_impossible_dates_are_refused(began: datetime | None, aware: datetime) -> None:
    command = OpenIncident("i1", False, ("integrity",), "unknown", began, aware, BY, NOON)
    with pytest.raises(IncidentDatesError):
        decide(command, IncidentState())


def test_opening_again_leads_to_nothing_and_nothing_happens_to_what_is_not_there() -> None:
    assert then(after(opened()), opened()) == []
    with pytest.raises(IncidentNotFoundError):
        decide(MEASURED, IncidentState())


@pytest.mark.promise("C7.8")
def test_a_late_notification_needs_its_reason_and_what_follows_one_in_time_does_not() -> None:
    state, late = after(opened()), NOON + 73 * HOUR
    with pytest.raises(LateReasonError):
        then(state, notified(late))
    [event] = then(state, notified(late, late="known_late"))
    assert getattr(event, "late_because", None) == "known_late"
    in_time = after(opened(), notified(complete=False))
    [more] = then(in_time, notified(late))
    assert getattr(more, "late_because", "?") is None


@pytest.mark.promise("C7.8")
def test_it_is_closed_once_everything_owed_is_done() -> None:
    close = CloseIncident(("training",), BY, NOON)
    steps: list[tuple[IncidentCommand, str]] = [
        (MEASURED, "extent"),
        (risk("high"), "risk"),
        (notified(complete=False), "authority"),
        (notified(), "authority"),
        (OrderDisclosure(2, 2, BY, NOON), "persons"),
        (FinishDisclosure(2, NOON), "persons"),
    ]
    done: list[IncidentCommand] = [opened()]
    for command, _ in steps:
        with pytest.raises(DutiesLeftError):
            then(after(*done), close)
        done.append(command)
    assert after(*done).duties == ("lessons",)
    closed = after(*done, close)
    assert closed.closed_at == NOON
    assert closed.duties == ()
    with pytest.raises(IncidentOverError):
        then(closed, risk("none"))


def test_where_no_risk_is_likely_nobody_has_to_be_told() -> None:
    assert after(opened(), MEASURED, risk("none")).duties == ("lessons",)
    assert after(opened(), MEASURED, risk("risk"), notified()).duties == ("lessons",)


@pytest.mark.parametrize(
    ("given", "command", "refusal"),
    [
        ((), OrderDisclosure(2, 2, BY, NOON), ExtentMissingError),
        ((MEASURED,), OrderDisclosure(1, 0, BY, NOON), ExtentMissingError),
        ((MEASURED,), OrderDisclosure(2, 3, BY, NOON), DisclosureCountError),
        (
            (MEASURED, OrderDisclosure(2, 2, BY, NOON)),
            OrderDisclosure(2, 2, BY, NOON),
            DisclosureOrderedError,
        ),
        ((MEASURED, OrderDisclosure(2, 2, BY, NOON)), MEASURED, DisclosureOrderedError),
    ],
    ids=["not-measured", "nobody", "another-number", "twice", "measured-after"],
)
def test_who_is_told_is_what_was_confirmed(
    given: tuple[IncidentCommand, ...], command: IncidentCommand, refusal: type[RetentionError]
) -> None:
    with pytest.raises(refusal):
        then(after(opened(), *given), command)


def test_the_end_of_telling_is_recorded_once() -> None:
    told = after(opened(), MEASURED, OrderDisclosure(2, 2, BY, NOON), FinishDisclosure(2, NOON))
    assert told.told == 2
    assert then(told, FinishDisclosure(2, NOON)) == []
    assert then(after(opened()), FinishDisclosure(2, NOON)) == []


def test_measures_add_up_and_repeating_one_is_nothing() -> None:
    state = after(opened(), TakeMeasures(("access_closed",), BY, NOON))
    assert then(state, TakeMeasures(("access_closed",), BY, NOON)) == []
    both = TakeMeasures(("access_closed", "keys_rotated"), BY, NOON)
    assert after(opened(), TakeMeasures(("access_closed",), BY, NOON), both).measures == (
        "access_closed",
        "keys_rotated",
    )


@pytest.mark.promise("C7.8")
def test_the_officer_is_reminded_once_at_each_threshold_until_the_authority_is_told() -> None:
    deadline = NOON + 72 * HOUR
    state, reminded = after(opened()), []
    for hours_left in (60, 48, 47, 24, 20, 6, 1, -5):
        for event in then(state, RemindOfDeadline(deadline - hours_left * HOUR)):
            state = evolve(state, event)
            reminded.append(getattr(event, "hours_left", None))
    assert reminded == [48, 24, 6]
    late_start = then(after(opened()), RemindOfDeadline(deadline - HOUR))
    assert [getattr(one, "hours_left", None) for one in late_start] == [6], "the nearest alone"
    for settled in (notified(), risk("none")):
        assert then(after(opened(), settled), RemindOfDeadline(deadline)) == []
    assert then(after(opened(exercise=True)), RemindOfDeadline(deadline)) == []


def life(**held: tuple[datetime, datetime | None]) -> Life:
    known = Life("p1")
    for name, (since, gone) in held.items():
        known.merge_held(Scope(Category[name.upper()], "-"), since)
        if gone is not None:
            known.merge_gone(Scope(Category[name.upper()], "-"), gone)
    return known


@pytest.mark.promise("C7.8", "C8.4")
def test_what_was_forgotten_before_or_came_after_was_not_exposed() -> None:
    early, before, after_it = QUESTION.since - HOUR, QUESTION.since, NOON + HOUR
    assert kept_in(life(contact=(early, before)), QUESTION) is None
    assert kept_in(life(contact=(after_it, None)), QUESTION) is None
    assert kept_in(life(profile=(early, None)), QUESTION) is None
    exposed = kept_in(
        life(contact=(early, NOON), payment=(NOON, None), profile=(early, None)), QUESTION
    )
    assert exposed == Concerned("p1", (Category.CONTACT, Category.PAYMENT))


def test_readings_count_persons_once_and_asked_categories_alone() -> None:
    readings = [
        {"subject_id": "b", "categories": ["contact", "profile"], "read_at": NOON},
        {"subject_id": "a", "categories": ["profile"], "read_at": NOON - 3 * HOUR},
        {"subject_id": "b", "categories": ["payment"], "read_at": NOON - HOUR},
    ]
    both = (Category.CONTACT, Category.PAYMENT)
    assert shown(readings, QUESTION) == [Concerned("b", both, NOON - HOUR)]


def test_a_time_that_ends_before_it_begins_is_refused() -> None:
    upside_down = QUESTION.model_copy(update={"until": QUESTION.since - HOUR})
    with pytest.raises(IncidentDatesError):
        then(after(opened()), RecordExtent(upside_down, Extent(), BY, NOON))


def test_every_code_has_words_and_every_category_of_persons_has_advice() -> None:
    named: list[tuple[object, Mapping[Any, Text]]] = [
        (words.Nature, words.NATURES),
        (words.Cause, words.CAUSES),
        (words.Consequence, words.CONSEQUENCES),
        (words.Measure, words.MEASURES),
        (words.Lesson, words.LESSONS),
        (words.Risk, words.RISKS),
        (words.LateReason, words.LATE_REASONS),
    ]
    for codes, texts in named:
        assert get_args(codes) == tuple(texts)
    assert {*words.ADVICE} == {*Category} - {Category.DEAD_LETTERS, Category.CANARIES}


@pytest.mark.promise("C7.8")
def test_the_notification_has_every_field_and_is_drawn_also_when_little_is_known() -> None:
    little = notification_of(after(opened(exercise=True)), NOON)
    whole = notification_of(
        after(
            opened(),
            MEASURED,
            AssessRisk("high", get_args(words.Consequence), BY, NOON),
            TakeMeasures(get_args(words.Measure), BY, NOON),
            notified(NOON + 80 * HOUR, late="extent_unclear"),
        ),
        NOON,
    )
    assert whole["persons"] == 2
    assert whole["by_category"] == {Category.CONTACT: 2, Category.PAYMENT: 1}
    assert little.keys() == whole.keys()
    for fields in (little, whole):
        assert drawn(fields).startswith(b"%PDF")
