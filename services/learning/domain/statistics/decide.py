"""The rules of a module's statistics: what is shown is decided by `release`, and recorded here."""

from collections.abc import Sequence
from typing import assert_never

from services.learning.domain.statistics.commands import ReleaseFigures, StatisticsCommand
from services.learning.domain.statistics.events import StatisticsEvent, StatisticsReleased
from services.learning.domain.statistics.state import StatisticsState
from shared.events.learning import StatisticsFigure


def decide(command: StatisticsCommand, state: StatisticsState) -> Sequence[StatisticsEvent]:
    """Return the release; nothing where it shows nothing."""
    del state
    match command:
        case ReleaseFigures():
            figures = tuple(
                StatisticsFigure(
                    scope=one.scope, about=one.about, level=one.level, counts=dict(one.counts)
                )
                for one in command.figures
            )
            if not figures:
                return []
            return [
                StatisticsReleased(
                    module_id=command.module_id, period=command.period, figures=figures
                )
            ]
        case _:
            assert_never(command)
