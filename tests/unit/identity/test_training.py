"""The yearly training of staff (C7.7) on the calendar: reminders, a warning, then suspension."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.domain.errors import TrainingDateError, UnknownStaffError
from services.identity.domain.staff import commands as c
from services.identity.domain.staff import decide as rules
from services.identity.domain.staff import events as e
from services.identity.domain.staff import evolve as fold
from services.identity.domain.staff.state import NO_STAFF
from services.identity.domain.staff.training import WARNED_FOR, Training, due_after, reminder_at
from tests.unit.identity.given import Given
from tests.unit.identity.test_prospect_staff import APPOINT, NOW

NOT_STAFF = Given(rules.decide, fold.evolve, NO_STAFF)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def followed(story: Given, at: datetime) -> Given:
    return story.when(c.FollowTraining(at))


@pytest.mark.promise("C7.7")
def test_staff_are_reminded_warned_and_only_then_suspended_and_let_in_again_once_trained() -> None:
    story = followed(NOT_STAFF.when(APPOINT), NOW).then(e.TrainingReminded)
    due = story.state.training.due_at
    assert due == NOW + 30 * DAY
    story = followed(story, NOW + 22 * DAY).then()
    story = followed(story, NOW + 23 * DAY).then(e.TrainingReminded)
    assert story.state.training.reminded == "week"
    story = followed(story, due).then(e.TrainingReminded)
    suspended = due + WARNED_FOR
    assert story.state.training.suspends_at == suspended
    assert not story.state.training.is_suspended(suspended - HOUR)
    assert story.state.training.is_suspended(suspended)
    followed(story, suspended + DAY).then()
    record = c.RecordTraining("both", (suspended + DAY).date(), "admin-1", suspended + DAY)
    story = story.when(record).then(e.TrainingRecorded)
    training = story.state.training
    assert not training.is_suspended(suspended + 2 * DAY)
    assert (training.programme, training.recorded_by) == ("both", "admin-1")
    assert training.due_at == due_after(record.done_on)


@pytest.mark.promise("C7.7")
def test_nobody_is_suspended_whom_no_warning_has_reached() -> None:
    late = NOW + 300 * DAY
    asked = followed(NOT_STAFF.when(APPOINT), NOW)
    assert not asked.state.training.is_suspended(late)
    warned = followed(asked, late).then(e.TrainingReminded)
    assert warned.state.training.suspends_at == late + WARNED_FOR


@pytest.mark.promise("C7.7")
def test_a_training_counts_that_is_past_in_date_and_later_than_the_last() -> None:
    story = NOT_STAFF.when(APPOINT)
    tomorrow, long_ago = (NOW + DAY).date(), (NOW - 367 * DAY).date()
    for wrong in (tomorrow, long_ago):
        story.refuses(c.RecordTraining("both", wrong, "admin-1", NOW), TrainingDateError)
    today = c.RecordTraining("security", NOW.date(), "staff-1", NOW)
    trained = story.when(today).then(e.TrainingRecorded)
    trained.refuses(today, TrainingDateError)
    NOT_STAFF.refuses(today, UnknownStaffError)
    story.when(c.DepartStaff()).refuses(today, UnknownStaffError)


@pytest.mark.promise("C7.7")
def test_who_has_left_is_reminded_of_nothing() -> None:
    followed(NOT_STAFF.when(APPOINT).when(c.DepartStaff()), NOW).then()
    followed(NOT_STAFF, NOW).then()


def test_a_training_of_a_29_february_counts_until_the_end_of_the_28th() -> None:
    assert due_after(date(2028, 2, 29)) == datetime(2029, 2, 28, 23, tzinfo=UTC)
    assert due_after(date(2026, 6, 10)) == datetime(2027, 6, 10, 22, tzinfo=UTC)


@given(st.lists(st.integers(min_value=0, max_value=60 * 24), min_size=1, max_size=12))
def test_every_stage_is_sent_once_and_suspension_follows_the_warning_by_a_week(
    hours: list[int],
) -> None:
    training, stages = Training(), list[str]()
    for hour in sorted(hours):
        now = NOW + hour * HOUR
        reminder = reminder_at(training, now)
        if reminder is None:
            continue
        stages.append(reminder.stage)
        training = Training(
            reminder.due_at, reminded=reminder.stage, suspends_at=reminder.suspends_at
        )
        assert (reminder.stage == "due") == (reminder.suspends_at is not None)
        assert reminder.suspends_at in {None, now + WARNED_FOR}
        assert reminder_at(training, now) is None
    assert stages == sorted(set(stages), key=["month", "week", "due"].index)
