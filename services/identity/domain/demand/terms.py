"""When staff are reminded of the term that an authority gave."""

from datetime import datetime
from typing import Final

from shared.events.demands import DemandStage

REMINDED_AFTER: Final[tuple[tuple[DemandStage, float], ...]] = (
    ("half", 0.5),
    ("three_quarters", 0.75),
    ("overdue", 1.0),
)
STAGES: Final[tuple[DemandStage, ...]] = tuple(stage for stage, _ in REMINDED_AFTER)


def last_stage(since: datetime, due: datetime, at: datetime) -> DemandStage | None:
    """Return the latest stage of the term from `since` to `due` that has come at `at`."""
    come = [stage for stage, part in REMINDED_AFTER if since + (due - since) * part <= at]
    return come[-1] if come else None


def next_reminder(since: datetime, due: datetime, reminded: DemandStage | None) -> datetime | None:
    """Return when staff are reminded next after the stage `reminded`; never once it is overdue."""
    done = -1 if reminded is None else STAGES.index(reminded)
    coming = [since + (due - since) * part for _, part in REMINDED_AFTER[done + 1 :]]
    return coming[0] if coming else None
