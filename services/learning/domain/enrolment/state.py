"""What an enrolment's history amounts to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from services.learning.domain.calendar import paris_date
from services.learning.domain.dispute import Contested
from shared.events.base import SubjectId
from shared.personal import Personal

Decision = Literal["granted", "refused"]


@dataclass(frozen=True, slots=True)
class EnrolmentState:
    """One enrolment; the default is one that does not exist."""

    enrolment_id: str = ""
    learner_id: SubjectId | None = None
    module_id: str = ""
    enrolled_at: datetime | None = None
    access_until: date | None = None
    attempts: Mapping[str, int] = field(default_factory=dict)
    """How often each exercise was answered in this round; a refusal opens a new round."""
    scores: Mapping[str, Personal[int]] = field(default_factory=dict)
    """Score of the latest answer to each exercise, in whatever round."""
    tries: Mapping[str, int] = field(default_factory=dict)
    """How often each exercise was answered in all rounds."""
    active_at: datetime | None = None
    """When the learner last worked on it."""
    reminded: bool = False
    """Whether a reminder went out since then."""
    suggested: bool = False
    """Whether what fits after it has been suggested."""
    completed: bool = False
    """Whether the present round has been completed."""
    ever_completed: bool = False
    completed_at: datetime | None = None
    """When the last missing exercise was answered for the first time."""
    decision: Decision | None = None
    """What the trainer decided about the latest completed round."""
    ended: Literal["learner", "account_closed"] | None = None
    contested: Mapping[str, Contested] = field(default_factory=dict)
    """Open disputes by their ids."""
    contribution: Personal[str] | None = None
    """Token of the contribution to the statistics, once anonymised."""
    contributed: bool = False
    """Whether the statistics hold the contribution."""

    @property
    def exists(self) -> bool:
        """Whether there is such an enrolment."""
        return self.learner_id is not None

    @property
    def anonymised(self) -> bool:
        """Whether it has been folded into the statistics."""
        return self.contribution is not None

    @property
    def awaits_decision(self) -> bool:
        """Whether a trainer is to decide about the certification."""
        return (
            self.completed and self.decision is None and self.ended is None and not self.anonymised
        )

    @property
    def usable_scores(self) -> Mapping[str, Personal[int]]:
        """The scores without those that are restricted while they are contested (art. 18)."""
        held = {
            one.exercise_id
            for one in self.contested.values()
            if one.restricted
            and one.field == "score"
            and one.number == self.tries.get(one.exercise_id or "")
        }
        return {key: score for key, score in self.scores.items() if key not in held}

    @property
    def forgotten(self) -> bool:
        """Whether the key of its answers has been destroyed."""
        return any(score.is_erased for score in self.scores.values())

    def is_running(self, at: datetime) -> bool:
        """Whether the contract runs at the instant `at`; its last day is whole, in Paris."""
        return (
            self.access_until is not None
            and self.ended is None
            and not self.anonymised
            and paris_date(at) <= self.access_until
        )
