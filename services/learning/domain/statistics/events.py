"""What happened to a module's statistics, as this service stores it."""

from shared.events.base import DomainEvent, Identifier
from shared.events.learning import StatisticsFigure


class StatisticsContributed(DomainEvent):
    """Figures of one anonymised enrolment, as they were kept one by one; no longer written."""

    module_id: Identifier
    period: Identifier
    answers: int
    score_sum: int
    completed: bool
    certified: bool


class StatisticsReleased(DomainEvent):
    """Figures of sets of at least ten persons, which may be shown to everybody for good."""

    module_id: Identifier
    period: Identifier
    figures: tuple[StatisticsFigure, ...]


StatisticsEvent = StatisticsContributed | StatisticsReleased
