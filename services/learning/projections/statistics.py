"""Read model `statistics`: every figure released of a module, summed up over its releases.

One document a module: `module_id`, `period` of the latest release, `figures`: a list of `scope`,
`about`, `level` and `counts` (pairs of category and enrolments). No erasure concerns it: it holds
nobody's data (C2.6).
"""

from collections.abc import Iterable
from typing import ClassVar

from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection
from shared.database import Document
from shared.events.learning import StatisticsReleased


class Statistics(Projection):
    """Figures that point to nobody."""

    name = "statistics"
    version: ClassVar[int] = 2
    topics = ("learning.events",)

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Concern the module of the release."""
        match envelope.data:
            case StatisticsReleased(module_id=module_id):
                return [module_id]
            case _:
                return []

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the module's document after `envelope`."""
        event = envelope.data
        if not isinstance(event, StatisticsReleased):
            return document
        sums = {
            (one["scope"], one["about"], one["level"]): dict(one["counts"])
            for one in (document or {}).get("figures", [])
        }
        for figure in event.figures:
            counts = sums.setdefault((figure.scope, figure.about, figure.level), {})
            for category, enrolments in figure.counts.items():
                counts[category] = counts.get(category, 0) + enrolments
        return {
            "module_id": event.module_id,
            "period": event.period,
            "figures": [
                {
                    "scope": scope,
                    "about": about,
                    "level": level,
                    "counts": [list(pair) for pair in sorted(counts.items())],
                }
                for (scope, about, level), counts in sorted(sums.items())
            ],
        }
