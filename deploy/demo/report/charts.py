"""Where the marks of the report's charts stand, in the units of their SVG view box."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from deploy.demo.report.model import YearCount
from shared.personal import Category

WIDTH: Final = 960
HEIGHT: Final = 320
LEFT: Final = 52
BOTTOM: Final = 28
TOP: Final = 10
TICKS: Final = 4
BAR_SHARE: Final = 0.64

GROUPS: Final[Mapping[str, tuple[Category, ...]]] = {
    "Identity, contact and profile": (
        Category.CIVIL_IDENTITY,
        Category.CONTACT,
        Category.CREDENTIALS,
        Category.PROFILE,
        Category.MINORITY,
    ),
    "Learning history": (Category.LEARNING_HISTORY,),
    "Payment": (Category.PAYMENT,),
    "Support and recordings": (Category.SUPPORT, Category.RECORDING),
    "Prospects": (Category.PROSPECT,),
    "Technical traces": (Category.TECHNICAL_TRACES,),
    "Mail content": (Category.MAIL_CONTENT,),
    "Dead letters": (Category.DEAD_LETTERS,),
    "Access files": (Category.ACCESS_FILE,),
}
"""Categories as the charts stack them, few enough to tell apart; the tables keep them all."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One coloured part of a bar."""

    group: int
    label: str
    value: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across the chart, with its value."""

    y: float
    value: int


@dataclass(frozen=True, slots=True)
class Stack:
    """Stacked bars, one for each year."""

    pieces: tuple[Piece, ...]
    years: tuple[tuple[float, int], ...]
    ticks: tuple[Tick, ...]
    groups: tuple[tuple[int, str], ...]
    """Groups that occur, by number."""
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    floor: int = HEIGHT - BOTTOM


def stacked(years: Sequence[YearCount], field: str) -> Stack:
    """Lay out the counts called `field` as stacked bars.

    Args:
        years: the years in order.
        field: `new`, `forgotten` or `held_at_end`.
    """
    rows = [
        [
            sum(getattr(y.categories[c], field) for c in group if c in y.categories)
            for group in GROUPS.values()
        ]
        for y in years
    ]
    scale = _round_up(max((sum(row) for row in rows), default=1) or 1)
    slot = (WIDTH - LEFT) / max(len(years), 1)
    unit = (HEIGHT - BOTTOM - TOP) / scale
    pieces, middles = [], []
    for index, (year, row) in enumerate(zip(years, rows, strict=True)):
        x, top = LEFT + index * slot + slot * (1 - BAR_SHARE) / 2, float(HEIGHT - BOTTOM)
        middles.append((round(x + slot * BAR_SHARE / 2, 1), year.year))
        for group, (label, value) in enumerate(zip(GROUPS, row, strict=True)):
            height = value * unit
            top -= height
            if value:
                place = (round(x, 1), round(top, 2), round(slot * BAR_SHARE, 1), round(height, 2))
                pieces.append(Piece(group, label, value, *place))
    ticks = tuple(
        Tick(round(HEIGHT - BOTTOM - scale * n / TICKS * unit, 1), scale * n // TICKS)
        for n in range(TICKS + 1)
    )
    occurring = tuple(sorted({(piece.group, piece.label) for piece in pieces}))
    return Stack(tuple(pieces), tuple(middles), ticks, occurring)


def _round_up(value: int) -> int:
    """Return a round number, divisible by the ticks, that is not less than `value`."""
    magnitude = 4
    while True:
        for step in (1, 2, 3, 5, 6, 8):
            if magnitude * step >= value:
                return magnitude * step
        magnitude *= 10
