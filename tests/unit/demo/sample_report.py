"""A small report with figures of every sort."""

from datetime import UTC, datetime
from typing import Any

from deploy.demo.report.invariants import check, judged
from deploy.demo.report.model import (
    Canaries,
    Cases,
    CategoryYear,
    Control,
    Holds,
    Invariant,
    Messages,
    Outcome,
    Parameters,
    People,
    Report,
    SealedValues,
    YearCount,
)
from deploy.demo.report.promises import count_promises
from shared.personal import Category

DAY = 86_400

KEPT: dict[str, Any] = {
    "late_max_seconds": 40_000,
    "destroyed_before_minimum": 0,
    "destroyed_without_reason": 0,
    "readable_canaries": 0,
    "canaries": Canaries(planted=90, forgotten=60, living=30, living_in_plain=0),
    "sealed_values": SealedValues(opened_of_living=True, readable_of_forgotten=0),
    "controls": (Control(medium="kafka", found=True), Control(medium="mongodb", found=True)),
    "cases": Cases(ordered=12, certified=12, by_reason={"term": 12}, keys_destroyed=40),
    "holds": Holds(placed=1, lifted=1, objects_kept=2, broken=0),
    "dead_letters": 0,
}


def checked(**changes: Any) -> tuple[Invariant, ...]:
    return check(sample_outcome().model_copy(update=changes))


def sample_report() -> Report:
    return judged(sample_outcome())


def sample_outcome() -> Outcome:
    year = {category: CategoryYear(new=9, forgotten=3, held_at_end=6) for category in Category}
    return Outcome(
        parameters=Parameters(
            learners=8,
            years=2,
            seed=7,
            begins=datetime(2025, 1, 12, tzinfo=UTC),
            ends=datetime(2027, 1, 12, tzinfo=UTC),
            sweep_interval_seconds=DAY,
        ),
        people=People(lives=10, by_kind={"trial": 10}, actions=1_234, known_at_end=4, forgotten=6),
        promises=count_promises([]),
        years=(YearCount(year=2025, categories=year), YearCount(year=2026, categories=year)),
        messages=Messages(sent={"welcome": 9}, suppressed={"no_consent": 1}),
        alarms=0,
        **KEPT,
    )
