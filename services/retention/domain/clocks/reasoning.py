"""Why a clock ends when it does: each moment its rule names, what it came to, which decided."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.retention.domain.calendar import Term, add_term
from services.retention.domain.clocks.anchors import Lack, anchored
from services.retention.domain.clocks.clock import Clock
from services.retention.domain.life.life import Life
from services.retention.domain.ruleset.model import Moment, Rule

Bound = Literal["ends", "not_before", "not_after", "legal_minimum"]


@dataclass(frozen=True, slots=True)
class Step:
    """One moment that a rule names, in one life."""

    bound: Bound
    anchor: str
    after: Term
    anchored: datetime | None
    """When the anchor happened, or is to happen; `None` where it has no date."""
    lack: Lack | None
    """Why it has none."""
    at: datetime | None
    """The anchor and the term together."""
    decides: bool = False


def reasoning(rule: Rule, life: Life, clock: Clock) -> list[Step]:
    """Return the steps that lead to `clock`, which `rule` gave a scope of `life`.

    At most one decides: the moment that `clock` is due at. None does while the clock waits or its
    anchors contradict one another.
    """
    decided = False
    found: list[Step] = []
    # What is named last has moved what was named before.
    for bound, moment in reversed(list(_moments(rule, clock))):
        found_at = anchored(moment.anchor, life, clock.object)
        instant = found_at if isinstance(found_at, datetime) else None
        at = None if instant is None else add_term(instant, moment.after)
        decides = not decided and at is not None and at == clock.due and _may_decide(bound, clock)
        decided = decided or decides
        lack = None if isinstance(found_at, datetime) else found_at
        found.append(Step(bound, moment.anchor, moment.after, instant, lack, at, decides))
    return found[::-1]


def _moments(rule: Rule, clock: Clock) -> Iterator[tuple[Bound, Moment]]:
    for end in rule.term.ends:
        yield "ends", end
    for bound in rule.term.not_before:
        yield "not_before", bound
    for bound in rule.term.not_after:
        yield "not_after", bound
    if rule.legal_minimum is not None:
        named = (m.anchor for m in rule.term.moments() if m.anchor == clock.anchor_name)
        anchor = next(named, rule.term.ends[0].anchor)
        yield "legal_minimum", Moment(anchor=anchor, after=rule.legal_minimum)


def _may_decide(bound: Bound, clock: Clock) -> bool:
    return bound != "legal_minimum" or clock.earliest == clock.due
