"""The enrolment: contract, answers, completion, end, reminders, anonymisation."""

from datetime import UTC, date, datetime

import pytest

from services.learning.domain.account import AccountStanding
from services.learning.domain.enrolment.commands import (
    AnonymiseEnrolment,
    EndEnrolment,
    RecordContribution,
    RemindOfTraining,
    SuggestModule,
)
from services.learning.domain.enrolment.events import (
    CourseCompleted,
    CourseEnrolled,
    EnrolmentAnonymised,
    EnrolmentContributed,
    EnrolmentEnded,
    ExerciseAnswered,
    ModuleSuggested,
    TrainingReminderDue,
)
from services.learning.domain.enrolment.evolve import evolve
from services.learning.domain.errors import (
    AccountLeftError,
    AccountUnconfirmedError,
    AlreadyEnrolledError,
    AnswerNotUnderstoodError,
    EnrolmentNotFoundError,
    EnrolmentOverError,
    ExerciseNotFoundError,
    GuardianAgreementMissingError,
    NoAttemptLeftError,
)
from services.learning.domain.statistics.contribution import contribution_of
from shared.personal import Category, Erased, Personal
from tests.unit.learning.given import (
    LEARNER,
    SOMEBODY_ELSE,
    START,
    answer,
    completed,
    days,
    enrol,
    enrolled,
    no_enrolment,
)


@pytest.mark.promise("C9.1")
@pytest.mark.parametrize(
    ("at", "until"),
    [
        (START, date(2031, 3, 1)),
        (datetime(2032, 2, 29, 12, tzinfo=UTC), date(2033, 2, 28)),
        # Half past midnight in Paris is still the day before in UTC.
        (datetime(2030, 6, 30, 22, 30, tzinfo=UTC), date(2031, 7, 1)),
    ],
)
def test_enrolling_starts_a_contract_of_twelve_calendar_months(at: datetime, until: date) -> None:
    story = no_enrolment().when(enrol(at))
    story.then(CourseEnrolled)
    assert story.events[0].access_until == until


@pytest.mark.promise("C11.1", "C11.2")
@pytest.mark.parametrize(
    ("standing", "error"),
    [
        (AccountStanding(), AccountUnconfirmedError),
        (AccountStanding(confirmed=True, minor=True), GuardianAgreementMissingError),
        (AccountStanding(confirmed=True, blocked=True), GuardianAgreementMissingError),
        (AccountStanding(confirmed=True, closed=True), AccountLeftError),
    ],
)
def test_only_an_open_account_enrols(standing: AccountStanding, error: type[Exception]) -> None:
    no_enrolment().refuses(enrol(standing=standing), error)


@pytest.mark.promise("C11.1")
def test_a_minor_with_the_guardians_agreement_enrols() -> None:
    standing = AccountStanding(confirmed=True, minor=True, guardian_agreed=True)
    no_enrolment().when(enrol(standing=standing)).then(CourseEnrolled)


def test_a_running_contract_is_not_started_twice() -> None:
    enrolled().refuses(enrol(), AlreadyEnrolledError)


@pytest.mark.promise("C1.4")
def test_an_answer_is_scored_and_kept_as_personal_data() -> None:
    story = enrolled().when(answer("full-cost", "45 000"))
    story.then(ExerciseAnswered)
    assert story.events[0].score.reveal() == 100
    assert story.events[0].answer.reveal() == "45000"
    assert "45000" not in repr(story.events[0])


def test_the_last_exercise_answered_completes_the_course_once() -> None:
    story = completed()
    story.then(ExerciseAnswered, CourseCompleted)
    story.when(answer("best-opening", "a")).then(ExerciseAnswered)


def test_an_exercise_is_answered_three_times_at_most_and_the_latest_counts() -> None:
    story = enrolled()
    for choice in ("a", "c", "b"):
        story = story.when(answer("best-opening", choice))
    assert story.state.scores["best-opening"].reveal() == 100
    story.refuses(answer("best-opening", "b"), NoAttemptLeftError)


def test_somebody_elses_enrolment_is_as_good_as_none() -> None:
    enrolled().refuses(answer("best-opening", "b", by=SOMEBODY_ELSE), EnrolmentNotFoundError)
    no_enrolment().refuses(answer("best-opening", "b"), EnrolmentNotFoundError)
    enrolled().refuses(EndEnrolment(SOMEBODY_ELSE, "learner", START), EnrolmentNotFoundError)


def test_unknown_exercises_and_unreadable_answers_are_refused() -> None:
    enrolled().refuses(answer("nowhere", "a"), ExerciseNotFoundError)
    enrolled().refuses(answer("full-cost", "beaucoup"), AnswerNotUnderstoodError)


def test_the_last_day_of_the_contract_is_whole() -> None:
    last_minute = datetime(2031, 3, 1, 22, 59, tzinfo=UTC)
    enrolled().when(answer("best-opening", "b", at=last_minute)).then(ExerciseAnswered)
    midnight = datetime(2031, 3, 1, 23, 0, tzinfo=UTC)
    enrolled().refuses(answer("best-opening", "b", at=midnight), EnrolmentOverError)


@pytest.mark.parametrize("reason", ["learner", "account_closed"])
def test_an_ended_contract_takes_no_answers_and_ends_once(reason: str) -> None:
    end = EndEnrolment(LEARNER, reason, START)  # type: ignore[arg-type]
    story = enrolled().when(end)
    story.then(EnrolmentEnded)
    story.when(end).then()
    story.refuses(answer("best-opening", "b"), EnrolmentOverError)


@pytest.mark.promise("C5.1")
def test_a_reminder_is_due_after_fourteen_idle_days_once_per_idle_period() -> None:
    enrolled().when(RemindOfTraining(START + days(13))).then()
    story = enrolled().when(RemindOfTraining(START + days(14)))
    story.then(TrainingReminderDue)
    story.when(RemindOfTraining(START + days(60))).then()
    back = story.when(answer("best-opening", "a", at=START + days(61)))
    back.when(RemindOfTraining(START + days(70))).then()
    back.when(RemindOfTraining(START + days(75))).then(TrainingReminderDue)


@pytest.mark.promise("C5.1")
def test_nobody_is_reminded_of_what_is_done_or_over() -> None:
    completed().when(RemindOfTraining(START + days(30))).then()
    enrolled().when(RemindOfTraining(START + days(400))).then()
    ended = enrolled().when(EndEnrolment(LEARNER, "learner", START))
    ended.when(RemindOfTraining(START + days(30))).then()
    no_enrolment().when(RemindOfTraining(START)).then()


@pytest.mark.promise("C3.1", "C5.1")
def test_a_next_module_is_suggested_once_a_week_after_the_last_and_not_after_a_month() -> None:
    def suggest(after: int, module: str = "defending-figures") -> SuggestModule:
        return SuggestModule(module, START + days(after))

    completed().when(suggest(6)).then()
    story = completed().when(suggest(8))
    story.then(ModuleSuggested)
    assert story.events[0].due_since == START + days(7)
    story.when(suggest(9)).then()
    completed().when(suggest(31)).then()
    completed().when(suggest(8, module="budget-request")).then()
    enrolled().when(suggest(8)).then()
    ended = completed().when(EndEnrolment(LEARNER, "learner", START))
    ended.when(suggest(8)).then()
    no_enrolment().when(suggest(8)).then()


@pytest.mark.promise("C2.6")
def test_anonymising_takes_one_token_and_records_once_that_it_contributed() -> None:
    completed().when(RecordContribution()).then()
    story = completed().when(AnonymiseEnrolment(Personal("token-1")))
    story.then(EnrolmentAnonymised)
    story.when(AnonymiseEnrolment(Personal("token-2"))).then()
    story.refuses(answer("best-opening", "b"), EnrolmentOverError)
    contributed = story.when(RecordContribution())
    contributed.then(EnrolmentContributed)
    contributed.when(RecordContribution()).then()


@pytest.mark.promise("C2.6", "C8.4")
def test_what_has_been_erased_still_folds_and_contributes_nothing() -> None:
    erased = Erased(category=Category.LEARNING_HISTORY)
    story = enrolled().when(answer("best-opening", "b"))
    forgotten = story.events[0].model_copy(
        update={"answer": Personal(erased), "score": Personal(erased)}
    )
    story.state = evolve(enrolled().state, forgotten)
    assert story.state.forgotten
    assert contribution_of(story.state, ["best-opening"], new_person=True) is None
    story.when(AnonymiseEnrolment(Personal("link"))).then()
