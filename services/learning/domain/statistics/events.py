"""What happened to a module's statistics, as this service stores it."""

from shared.events.base import DomainEvent, Identifier


class StatisticsContributed(DomainEvent):
    """Figures of one anonymised enrolment. It names neither the person nor the enrolment."""

    module_id: Identifier
    period: Identifier
    answers: int
    score_sum: int
    completed: bool
    certified: bool


StatisticsEvent = StatisticsContributed
