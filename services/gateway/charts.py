"""Where the marks of our charts stand, in the units of their SVG view box. Pure arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

WIDTH: Final = 640
ROW: Final = 34
LABELS: Final = 200
VALUES: Final = 64
TRACK: Final = WIDTH - LABELS - VALUES


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a horizontal bar chart."""

    label: str
    value: float
    y: int
    length: float


@dataclass(frozen=True, slots=True)
class BarChart:
    """A horizontal bar chart, laid out."""

    bars: tuple[Bar, ...]
    height: int
    width: int = WIDTH
    labels: int = LABELS


def bars(rows: Sequence[tuple[str, float]]) -> BarChart:
    """Lay out `rows` (label, value not negative) as bars on one scale from zero."""
    top = max((value for _, value in rows), default=0) or 1
    laid = tuple(
        Bar(label, value, index * ROW, round(value / top * TRACK, 1))
        for index, (label, value) in enumerate(rows)
    )
    return BarChart(laid, max(len(rows), 1) * ROW)


@dataclass(frozen=True, slots=True)
class PhaseBar:
    """A life of a datum as one bar: active use, intermediate archive, end; positions 0 to 600."""

    now: float
    archive: float | None
    width: int = 600


def phases(recorded: datetime, now: datetime, due: datetime, archive: datetime | None) -> PhaseBar:
    """Lay out the phases between `recorded` and `due`.

    Args:
        recorded: when the datum came.
        now: the present instant.
        due: when it goes.
        archive: when its intermediate archive starts, if it has one.
    """
    whole = max((due - recorded).total_seconds(), 1.0)

    def place(at: datetime) -> float:
        return round(min(max((at - recorded).total_seconds() / whole, 0.0), 1.0) * 600, 1)

    return PhaseBar(place(now), place(archive) if archive else None)
