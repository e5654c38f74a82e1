"""The rules of a module's statistics. That figures count once is the append's command id."""

from collections.abc import Sequence
from typing import assert_never

from services.learning.domain.enrolment.state import EnrolmentState
from services.learning.domain.statistics.commands import ContributeFigures, StatisticsCommand
from services.learning.domain.statistics.events import StatisticsContributed, StatisticsEvent
from services.learning.domain.statistics.state import StatisticsState


def decide(command: StatisticsCommand, state: StatisticsState) -> Sequence[StatisticsEvent]:
    """Return the contribution."""
    del state
    match command:
        case ContributeFigures():
            return [
                StatisticsContributed(
                    module_id=command.module_id,
                    period=command.period,
                    answers=command.answers,
                    score_sum=command.score_sum,
                    completed=command.completed,
                    certified=command.certified,
                )
            ]
        case _:
            assert_never(command)


def figures_of(enrolment: EnrolmentState) -> ContributeFigures | None:
    """Return what `enrolment` leaves to the statistics; `None` once its scores are unreadable."""
    scores = [score.reveal() for score in enrolment.scores.values()]
    readable = [score for score in scores if isinstance(score, int)]
    if enrolment.enrolled_at is None or len(readable) < len(scores):
        return None
    return ContributeFigures(
        module_id=enrolment.module_id,
        period=f"{enrolment.enrolled_at.year:04d}",
        answers=len(readable),
        score_sum=sum(readable),
        completed=enrolment.ever_completed,
        certified=enrolment.decision == "granted",
    )
