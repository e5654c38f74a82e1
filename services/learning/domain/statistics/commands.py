"""What can be asked of a module's statistics."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ContributeFigures:
    """Add the figures of one enrolment, whose name they do not carry."""

    module_id: str
    period: str
    """Year of enrolment, `YYYY`."""
    answers: int
    """How many exercises were answered."""
    score_sum: int
    """Sum of their scores, percent each."""
    completed: bool
    certified: bool


StatisticsCommand = ContributeFigures
