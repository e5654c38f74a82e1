"""The rules of disputed values of an enrolment (C8.2)."""

from datetime import date
from typing import assert_never

from services.learning.domain.dispute import open_one, require_decider, require_new
from services.learning.domain.enrolment.commands import (
    CloseEnrolmentDispute,
    DisputeEnrolment,
    SettleEnrolmentDispute,
)
from services.learning.domain.enrolment.events import (
    CommentCorrected,
    EnrolmentDisputed,
    EnrolmentDisputeSettled,
    EnrolmentEvent,
    ScoreCorrected,
)
from services.learning.domain.enrolment.state import EnrolmentState
from services.learning.domain.errors import CorrectionError, EnrolmentNotFoundError
from shared.events.base import SubjectId
from shared.events.disputes import DisputeOutcome
from shared.personal import Personal

BEST = 100
DisputeCommand = DisputeEnrolment | SettleEnrolmentDispute | CloseEnrolmentDispute


def decide_dispute(command: DisputeCommand, state: EnrolmentState) -> list[EnrolmentEvent]:
    """Return what `command` leads to; the last day of a contract is corrected by `CorrectAccess`.

    Raises:
        EnrolmentNotFoundError: it is nobody's, or somebody else's.
        AlreadyContestedError: the same value is contested.
        DisputeNotFoundError: there is no such dispute that is open.
        NotDeciderError: somebody else decides.
        CorrectionError: what is said to be right is no such value.
    """
    if state.learner_id is None or state.anonymised:
        raise EnrolmentNotFoundError
    match command:
        case DisputeEnrolment():
            return [_disputed(command, state)]
        case SettleEnrolmentDispute():
            return _settled(command, state, state.learner_id)
        case CloseEnrolmentDispute(dispute_id=dispute_id, outcome=outcome):
            if dispute_id not in state.contested:
                return []
            return [_ended(state, state.learner_id, dispute_id, outcome)]
        case _:
            assert_never(command)


def as_date(right: str) -> date:
    """Return the day that `right` says.

    Raises:
        CorrectionError: it says none.
    """
    try:
        return date.fromisoformat(right.strip())
    except ValueError:
        raise CorrectionError from None


def _disputed(command: DisputeEnrolment, state: EnrolmentState) -> EnrolmentDisputed:
    if state.learner_id != command.learner_id:
        raise EnrolmentNotFoundError
    one = command.contested
    require_new(state.contested, one.field, one.about)
    return EnrolmentDisputed(
        learner_id=command.learner_id,
        enrolment_id=state.enrolment_id,
        module_id=state.module_id,
        dispute_id=command.dispute_id,
        field=one.field,
        about=one.about,
        number=one.number,
        exercise_id=one.exercise_id,
        restricted=one.restricted,
        should_be=command.should_be,
        why=command.why,
        disputed_at=command.at,
    )


def _settled(
    command: SettleEnrolmentDispute, state: EnrolmentState, learner_id: SubjectId
) -> list[EnrolmentEvent]:
    one = open_one(state.contested, command.dispute_id)
    require_decider(one.field, command.by.role, archived=command.archived, author=command.author)
    outcome: DisputeOutcome = "refused" if command.right is None else "accepted"
    settled = _ended(
        state, learner_id, command.dispute_id, outcome, command.by.staff_id, command.reason
    )
    if command.right is None:
        return [settled]
    right = command.right.text("").strip()
    ids = {
        "learner_id": learner_id,
        "enrolment_id": state.enrolment_id,
        "module_id": state.module_id,
    }
    match one.field:
        case "score":
            score = Personal(_percent(right))
            correction = ScoreCorrected(
                **ids,
                corrects=one.about,
                exercise_id=one.exercise_id or "",
                number=one.number,
                score=score,
            )
            return [correction, settled]
        case "comment":
            if not right:
                raise CorrectionError
            comment = Personal(right)
            return [
                CommentCorrected(**ids, corrects=one.about, number=one.number, comment=comment),
                settled,
            ]
        case _:
            return [settled]


def _ended(
    state: EnrolmentState,
    learner_id: SubjectId,
    dispute_id: str,
    outcome: DisputeOutcome,
    by: str | None = None,
    reason: Personal[str] | None = None,
) -> EnrolmentDisputeSettled:
    return EnrolmentDisputeSettled(
        learner_id=learner_id,
        enrolment_id=state.enrolment_id,
        module_id=state.module_id,
        dispute_id=dispute_id,
        field=state.contested[dispute_id].field,
        outcome=outcome,
        settled_by=by,
        reason=reason,
    )


def _percent(right: str) -> int:
    text = right.removesuffix("%").strip()
    if not text.isdecimal() or int(text) > BEST:
        raise CorrectionError
    return int(text)
