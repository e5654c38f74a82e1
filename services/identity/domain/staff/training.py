"""When the yearly training of staff is due, reminded of and missed (C7.7): dates alone decide.

Without it in date access to personal data is suspended, and never before a warning: what suspends
is the date that a recorded warning named.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from shared.trainings import Programme

PARIS: Final = ZoneInfo("Europe/Paris")
FIRST: Final = timedelta(days=30)
"""How long somebody new has for a first training."""
WARNED_FOR: Final = timedelta(days=7)
"""How long after the warning access is suspended."""

Stage = Literal["month", "week", "due"]
"""Reminders, in their order; the last is the warning."""
AHEAD: Final[dict[Stage, timedelta]] = {
    "due": timedelta(),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
}
ORDER: Final[tuple[Stage | None, ...]] = (None, "month", "week", "due")


@dataclass(frozen=True, slots=True)
class Training:
    """What is known of the yearly training of one member of staff."""

    due_at: datetime | None = None
    """Until when it has to be done, or done again; `None` before anybody has asked for it."""
    programme: Programme | None = None
    done_on: date | None = None
    recorded_by: str | None = None
    reminded: Stage | None = None
    """The last reminder of this due date."""
    suspends_at: datetime | None = None
    """From when access to personal data is suspended; only a warning sets it."""

    def is_suspended(self, now: datetime) -> bool:
        """Whether access to personal data is suspended."""
        return self.suspends_at is not None and now >= self.suspends_at


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder that is to be sent now."""

    stage: Stage
    due_at: datetime
    suspends_at: datetime | None


def reminder_at(training: Training, now: datetime) -> Reminder | None:
    """Return the reminder that is due `now`, `None` where it was sent or it is too early."""
    due_at = training.due_at or now + FIRST
    reached = [stage for stage, ahead in AHEAD.items() if now >= due_at - ahead]
    if not reached or ORDER.index(reached[0]) <= ORDER.index(training.reminded):
        return None
    suspends_at = now + WARNED_FOR if reached[0] == "due" else None
    return Reminder(reached[0], due_at, suspends_at)


def due_after(done_on: date) -> datetime:
    """Return until when a training of a day counts: the end of that day in Paris, a year on."""
    leap = (done_on.month, done_on.day) == (2, 29)
    again = done_on.replace(year=done_on.year + 1, day=28 if leap else done_on.day)
    return datetime.combine(again + timedelta(days=1), time(), PARIS)


def counts(training: Training, done_on: date, now: datetime) -> bool:
    """Whether a training of `done_on` may be recorded: past, still in date, later than the last."""
    if done_on > now.astimezone(PARIS).date() or due_after(done_on) <= now:
        return False
    return training.done_on is None or done_on > training.done_on
