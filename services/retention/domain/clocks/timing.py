"""When an object goes: the term of a rule over the anchors of a life."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

from services.retention.domain.calendar import add_term
from services.retention.domain.clocks.anchors import CALENDAR_ANCHORS, Lack, anchored
from services.retention.domain.life.life import Life
from services.retention.domain.ruleset.model import Moment, Timing


class Timed(NamedTuple):
    """What a rule's timing comes to for an object of a life."""

    due: datetime | None = None
    earliest: datetime | None = None
    """Before this the law forbids destruction."""
    anchor: datetime | None = None
    anchor_name: str | None = None
    """The anchor whose term decides."""
    alarm: bool = False
    """Whether an anchor is missing or contradictory."""
    anchor_in_future: bool = False
    """Whether the anchor may lie in the future."""


class Dated(NamedTuple):
    """A moment that has a date, and the anchor that its term runs from."""

    at: datetime
    anchor: datetime
    moment: Moment


_at = attrgetter("at")


def timed(timing: Timing, life: Life, thing: str) -> Timed:
    """Return what `timing` comes to for object `thing` of `life`."""
    term = timing.term
    lacks: list[Lack] = []
    ends = _dated(term.ends, life, thing, lacks)
    missing, waits = Lack.MISSING in lacks, Lack.WAITING in lacks
    floors = _dated(term.not_before, life, thing, lacks) if term.not_before else ()
    ceilings = _dated(term.not_after, life, thing, lacks) if term.not_after else ()
    if Lack.CONTRADICTORY in lacks:
        return Timed(alarm=True)
    if not ends:
        return Timed(alarm=missing or not waits)
    due, anchor, decisive = _decisive(ends, floors, ceilings)
    earliest = None
    if timing.legal_minimum is not None:
        earliest = add_term(anchor, timing.legal_minimum)
        due = max(due, earliest)
    name = decisive.anchor
    return Timed(due, earliest, anchor, name, missing, name in CALENDAR_ANCHORS)


def archive_from(timing: Timing, life: Life, thing: str) -> datetime | None:
    """Return when the intermediate archive of object `thing` of `life` starts."""
    return min((start.at for start in _dated(timing.archive, life, thing, [])), default=None)


def _dated(moments: Iterable[Moment], life: Life, thing: str, lacks: list[Lack]) -> list[Dated]:
    """Return those of `moments` that have a date; add to `lacks` why the others have none."""
    dated = []
    for moment in moments:
        anchor = anchored(moment.anchor, life, thing)
        if isinstance(anchor, Lack):
            lacks.append(anchor)
        else:
            dated.append(Dated(add_term(anchor, moment.after), anchor, moment))
    return dated


def _decisive(ends: Sequence[Dated], floors: Sequence[Dated], ceilings: Sequence[Dated]) -> Dated:
    """Return the earliest end, moved within its bounds; the ceilings have the last word."""
    decisive = ends[0] if len(ends) == 1 else min(ends, key=_at)
    for floor in floors:
        if floor.at > decisive.at:
            decisive = floor
    for ceiling in ceilings:
        if ceiling.at < decisive.at:
            decisive = ceiling
    return decisive
