"""A clock: when one object of one person goes under one rule, and where it stands at an instant."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from shared.events.erasure import ErasureMode
from shared.personal import Category

UNCOVERED: Final = "uncovered"
"""Rule id of data that no rule covers: always an alarm."""

SKEW: Final = timedelta(days=1)
"""An event this far in the future cannot be right; less is a difference between machines."""


class ClockState(StrEnum):
    """Where a clock stands."""

    RUNNING = "running"
    WAITING = "waiting"
    """Its anchor has not come yet and will."""
    DUE = "due"
    HELD = "held"
    ORDERED = "ordered"
    DONE = "done"
    ALARM = "alarm"


class Phase(StrEnum):
    """Phases of data (C2): in use, in the intermediate archive, gone."""

    ACTIVE = "active"
    ARCHIVE = "archive"
    DELETED = "deleted"
    ANONYMISED = "anonymised"


@dataclass(frozen=True, slots=True)
class Clock:
    """`(subject, rule, object) -> anchor, due, phase, state`, all instants in UTC."""

    subject: str
    rule_id: str
    category: Category
    object: str
    held_since: datetime
    """Since when the data exists."""
    then: ErasureMode
    anchor: datetime | None = None
    anchor_name: str | None = None
    """The anchor whose term decides."""
    due: datetime | None = None
    """When the term ends; `None` while nothing has started it."""
    earliest: datetime | None = None
    """Before this the law forbids destruction."""
    archive_from: datetime | None = None
    hold_until: datetime | None = None
    """When the last active hold over it expires."""
    notice_at: datetime | None = None
    """When the person is to be told of the end."""
    alarm: bool = False
    """Whether an anchor is missing or contradictory."""
    anchor_in_future: bool = False
    """Whether the anchor may lie in the future, as the end of a contract may."""
    case_id: str | None = None
    gone_at: datetime | None = None
    """Since when the data is unreadable for everybody."""
    destroy_at: datetime | None = None
    """When its key, disabled, is to be destroyed."""
    destroyed_at: datetime | None = None
    """When its key was destroyed."""

    @property
    def acts_at(self) -> datetime | None:
        """When the data is to go, holds considered; `None` when nothing is left to do or known."""
        if self.due is None or self.gone_at is not None or self.case_id is not None:
            return None
        return self.due if self.hold_until is None else max(self.due, self.hold_until)

    @property
    def key(self) -> str:
        """Return the id of the clock."""
        return f"{self.subject}|{self.rule_id}|{self.category}|{self.object}"

    def state(self, now: datetime) -> ClockState:
        """Return where the clock stands at `now`."""
        if self.gone_at is not None:
            return ClockState.DONE
        if self.hold_until is not None and now < self.hold_until:
            return ClockState.HELD
        if self.case_id is not None:
            return ClockState.ORDERED
        if self.impossible_until is not None and now < self.impossible_until:
            return ClockState.ALARM
        if self.due is not None and self.due <= now:
            return ClockState.DUE
        if self.alarm:
            return ClockState.ALARM
        return ClockState.RUNNING if self.due is not None else ClockState.WAITING

    def phase(self, now: datetime) -> Phase:
        """Return the phase the data is in at `now`."""
        if self.gone_at is not None:
            return Phase(self.then)
        if self.archive_from is not None and self.archive_from <= now:
            return Phase.ARCHIVE
        return Phase.ACTIVE

    @property
    def impossible_until(self) -> datetime | None:
        """Until when its anchor lies in the future, where only a past one makes sense."""
        return None if self.anchor is None or self.anchor_in_future else self.anchor - SKEW
