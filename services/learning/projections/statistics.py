"""Read model `statistics`: sums by module and year, kept after everybody in them is forgotten.

One document a group, `<module>:<year>`: `module_id`, `period`, `enrolments`, `answers`,
`score_sum`, `completed`, `certified`. No erasure concerns it: it holds nobody's data (C2.6).
"""

from collections.abc import Iterable

from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection
from shared.database import Document
from shared.events.learning import StatisticsContributed


class Statistics(Projection):
    """Figures that point to nobody."""

    name = "statistics"
    topics = ("learning.events",)

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Concern the group of the contribution."""
        match envelope.data:
            case StatisticsContributed(module_id=module_id, period=period):
                return [f"{module_id}:{period}"]
            case _:
                return []

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the group's document after `envelope`."""
        event = envelope.data
        if not isinstance(event, StatisticsContributed):
            return document
        sums = document or {}
        return {
            "module_id": event.module_id,
            "period": event.period,
            "enrolments": sums.get("enrolments", 0) + 1,
            "answers": sums.get("answers", 0) + event.answers,
            "score_sum": sums.get("score_sum", 0) + event.score_sum,
            "completed": sums.get("completed", 0) + event.completed,
            "certified": sums.get("certified", 0) + event.certified,
        }
