"""What a measurement tells: a value, what it is held against, and whether the goal is met."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Of = Literal["ratio", "value"]


@dataclass(frozen=True, slots=True)
class Goal:
    """A limit on the value itself or on its ratio to the baseline."""

    limit: float
    of: Of
    at_most: bool

    def met(self, row: "Row") -> bool:
        """Whether `row` keeps to the limit."""
        measured = row.value if self.of == "value" else row.ratio
        if measured is None:
            return False
        return measured <= self.limit if self.at_most else measured >= self.limit

    def text(self, unit: str) -> str:
        """Return the goal as people read it."""
        side = "at most" if self.at_most else "at least"
        limit = f"{self.limit:g} x" if self.of == "ratio" else f"{self.limit:,.10g} {unit}"
        return f"{side} {limit}"


def ratio_at_most(limit: float) -> Goal:
    """Return the goal of being at most `limit` times the baseline."""
    return Goal(limit, "ratio", at_most=True)


def ratio_at_least(limit: float) -> Goal:
    """Return the goal of being at least `limit` times the baseline."""
    return Goal(limit, "ratio", at_most=False)


def at_most(limit: float) -> Goal:
    """Return the goal of a value of at most `limit`."""
    return Goal(limit, "value", at_most=True)


def at_least(limit: float) -> Goal:
    """Return the goal of a value of at least `limit`."""
    return Goal(limit, "value", at_most=False)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report."""

    what: str
    value: float
    unit: str
    baseline: float | None = None
    against: str = ""
    """What the baseline is."""
    goal: Goal | None = None

    @property
    def ratio(self) -> float | None:
        """The value in multiples of the baseline."""
        return self.value / self.baseline if self.baseline else None

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; `None` where there is none."""
        return None if self.goal is None else self.goal.met(self)


def percentile(samples: Sequence[float], percent: float) -> float:
    """Return the sample that `percent` of all samples do not exceed."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def p50(samples: Sequence[float]) -> float:
    """Return the median."""
    return percentile(samples, 50)


def p99(samples: Sequence[float]) -> float:
    """Return the value that one in a hundred exceeds."""
    return percentile(samples, 99)
