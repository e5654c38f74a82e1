"""Comparing what happened to every key with what the policy's terms ask for."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from deploy.demo.oracle.keys import KeyLife

Fate = Literal["running", "on_time", "late", "held", "too_early"]


@dataclass(frozen=True, slots=True)
class Term:
    """What the policy says about one object."""

    promises: tuple[str, ...]
    due: datetime | None
    """When it must go; `None` as long as nothing has started its term."""
    minimum: datetime | None = None
    """Before this the law forbids destruction."""
    excused: tuple[datetime, ...] = ()
    """Instants at which it might go earlier: a request, a withdrawal."""
    held: tuple[tuple[datetime, datetime], ...] = ()
    """Periods during which a legal hold forbids destruction."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One key with its term and its fate."""

    key: KeyLife
    term: Term
    fate: Fate
    late_seconds: int
    before_minimum: bool
    under_hold: bool
    outlived_by_hold: bool
    destroyed_in_time: bool
    """Whether the key was destroyed at the end of its delay, neither before nor much later."""


Terms = Callable[[KeyLife], Term | None]
"""The term of a key; `None` for keys about nobody the demonstration follows (staff)."""


def judge(
    keys: Iterable[KeyLife],
    term_of: Terms,
    *,
    end: datetime,
    sweep: timedelta,
    delay: timedelta = timedelta(),
) -> list[Judgement]:
    """Return the judgement on every key whose term is known.

    What counts as forgotten is what nobody can read any more; `delay` later its key must go.
    """
    judgements = []
    for key in keys:
        term = term_of(key)
        if term is not None:
            judgements.append(_judged(key, term, end, sweep, delay))
    return judgements


def effective_due(term: Term) -> datetime | None:
    """Return when the object must go once holds are taken into account."""
    due = term.due
    if due is None:
        return None
    for start, stop in sorted(term.held):
        if start <= due < stop:
            due = stop
    return due


def _judged(
    key: KeyLife, term: Term, end: datetime, sweep: timedelta, delay: timedelta
) -> Judgement:
    due = effective_due(term)
    gone, destroyed = key.gone_at, key.destroyed_at
    postponed = term.due is not None and due != term.due
    over = (gone or end) - due if due is not None else timedelta()
    late = max(0, round(over.total_seconds()))
    return Judgement(
        key=key,
        term=term,
        fate=_fate(term, due, gone, end, sweep),
        late_seconds=late,
        before_minimum=gone is not None and term.minimum is not None and gone < term.minimum,
        under_hold=any(
            a <= at < b for a, b in term.held for at in (gone, destroyed) if at is not None
        ),
        outlived_by_hold=postponed and term.due is not None and term.due < (gone or end),
        destroyed_in_time=gone is None
        or (destroyed is None and end <= gone + delay + sweep)
        or (destroyed is not None and delay <= destroyed - gone <= delay + sweep),
    )


def _fate(
    term: Term, due: datetime | None, gone: datetime | None, end: datetime, sweep: timedelta
) -> Fate:
    if gone is None:
        if due is not None and due + sweep < end:
            return "late"
        held = term.due is not None and term.due <= end and due != term.due
        return "held" if held else "running"
    if due is not None and gone >= due:
        return "on_time" if gone - due <= sweep else "late"
    return "on_time" if any(excuse <= gone for excuse in term.excused) else "too_early"


def longest_overrun(judgements: Sequence[Judgement]) -> int:
    """Return the longest overrun past a term in seconds."""
    return max((judgement.late_seconds for judgement in judgements), default=0)
