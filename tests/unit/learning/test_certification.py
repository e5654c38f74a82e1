"""No certification without a trainer (C5.2)."""

import ast
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

import services.learning
from services.learning.domain.dispute import Contested
from services.learning.domain.enrolment.commands import (
    AnonymiseEnrolment,
    CloseEnrolmentDispute,
    CorrectAccess,
    DecideCertification,
    DisputeEnrolment,
    EndEnrolment,
    EnrolmentCommand,
    RecordContribution,
    RemindOfTraining,
    SettleEnrolmentDispute,
    StaffActor,
    SuggestModule,
)
from services.learning.domain.enrolment.events import (
    CertificationGranted,
    CertificationRefused,
    CourseCompleted,
    ExerciseAnswered,
)
from services.learning.domain.errors import (
    AlreadyCertifiedError,
    CertificationNotPendingError,
    EnrolmentNotFoundError,
    HumanDecisionRequiredError,
    LearningError,
)
from shared.events.base import SubjectId
from shared.http.auth import Role
from shared.personal import Personal
from tests.unit.learning.given import (
    LEARNER,
    MODULE,
    START,
    TRAINER,
    answer,
    completed,
    days,
    enrol,
    enrolled,
    no_enrolment,
    right,
)

GRANT = DecideCertification(TRAINER, "granted", Personal("Très clair."), START)
REFUSE = DecideCertification(TRAINER, "refused", Personal("Revoir le chiffrage."), START)

AUTOMATIC = st.one_of(
    st.builds(lambda d: enrol(START + days(d)), st.integers(0, 800)),
    st.builds(
        lambda e, d: answer(e.id, right(e), at=START + days(d)),
        st.sampled_from(MODULE.exercises),
        st.integers(0, 800),
    ),
    st.builds(
        lambda reason, d: EndEnrolment(LEARNER, reason, START + days(d)),
        st.sampled_from(["learner", "account_closed"]),
        st.integers(0, 800),
    ),
    st.builds(lambda d: RemindOfTraining(START + days(d)), st.integers(0, 800)),
    st.builds(lambda d: SuggestModule("defending-figures", START + days(d)), st.integers(0, 60)),
    st.builds(lambda d: CorrectAccess((START + days(d)).date()), st.integers(0, 3_000)),
    st.just(AnonymiseEnrolment(Personal("token"))),
    st.just(RecordContribution()),
    st.builds(
        lambda field, e: DisputeEnrolment(
            LEARNER,
            field,
            Contested(field, "event-1", 1, e.id),
            Personal("100"),
            Personal("Faux."),
            START,
        ),
        st.sampled_from(["score", "comment"]),
        st.sampled_from(MODULE.exercises),
    ),
    st.builds(
        lambda field, role: SettleEnrolmentDispute(
            field,
            StaffActor(SubjectId("staff-1"), role),
            Personal("100"),
            None,
            archived=False,
            author=False,
        ),
        st.sampled_from(["score", "comment"]),
        st.sampled_from(list(Role)),
    ),
    st.just(CloseEnrolmentDispute("score", "withdrawn")),
)


@pytest.mark.promise("C5.2")
@given(st.lists(AUTOMATIC, max_size=25))
def test_no_sequence_of_other_commands_ever_certifies(commands: list[EnrolmentCommand]) -> None:
    story = enrolled()
    for command in commands:
        try:
            story = story.when(command)
        except LearningError:
            continue
        assert not any(
            isinstance(event, CertificationGranted | CertificationRefused) for event in story.events
        )
    assert story.state.decision is None


@pytest.mark.promise("C5.2")
def test_every_command_but_the_trainers_is_covered_by_that_proof() -> None:
    others = {command.__name__ for command in get_args(EnrolmentCommand)}
    assert others == {
        "Enrol",
        "AnswerExercise",
        "EndEnrolment",
        "CorrectAccess",
        "DecideCertification",
        "RemindOfTraining",
        "SuggestModule",
        "DisputeEnrolment",
        "SettleEnrolmentDispute",
        "CloseEnrolmentDispute",
        "AnonymiseEnrolment",
        "RecordContribution",
    }


@pytest.mark.promise("C5.2", "C4.2")
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.TRAINER])
def test_no_other_role_certifies_not_even_the_system(role: Role) -> None:
    actor = StaffActor(SubjectId("staff-1"), role)
    command = DecideCertification(actor, "granted", None, START)
    completed().refuses(command, HumanDecisionRequiredError)


@pytest.mark.promise("C5.2")
def test_nobody_certifies_themselves() -> None:
    command = DecideCertification(StaffActor(LEARNER, "trainer"), "granted", None, START)
    completed().refuses(command, HumanDecisionRequiredError)


@pytest.mark.promise("C5.2")
def test_only_the_trainers_endpoint_makes_the_decision_command() -> None:
    root = Path(services.learning.__file__).parent
    makers = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "DecideCertification"
    }
    assert makers == {"entrypoints/teaching.py"}


def test_a_trainer_grants_with_a_comment_and_the_answers_are_final() -> None:
    story = completed().when(GRANT)
    story.then(CertificationGranted)
    assert story.events[0].comment.reveal() == "Très clair."
    assert story.events[0].staff_id == TRAINER.staff_id
    story.refuses(answer("best-opening", "b"), AlreadyCertifiedError)
    story.refuses(REFUSE, CertificationNotPendingError)


def test_a_refusal_opens_a_new_round_that_ends_in_a_new_decision() -> None:
    story = completed().when(REFUSE)
    story.then(CertificationRefused)
    story.refuses(GRANT, CertificationNotPendingError)
    for exercise in MODULE.exercises:
        story = story.when(answer(exercise.id, right(exercise)))
    story.then(ExerciseAnswered, CourseCompleted)
    story.when(GRANT).then(CertificationGranted)


def test_there_is_nothing_to_decide_before_completion_or_after_the_end() -> None:
    enrolled().refuses(GRANT, CertificationNotPendingError)
    completed().when(EndEnrolment(LEARNER, "learner", START)).refuses(
        GRANT, CertificationNotPendingError
    )
    no_enrolment().refuses(GRANT, EnrolmentNotFoundError)
