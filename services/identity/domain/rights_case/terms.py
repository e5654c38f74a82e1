"""By when a rights case is acknowledged and answered, and when staff are reminded of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from shared.events.rights_cases import ReminderStage, RightsKind

PARIS: Final = ZoneInfo("Europe/Paris")
ACKNOWLEDGED_WITHIN: Final = timedelta(hours=48)
"""The controller's own choice, as short as the shortest promise (C8.2)."""
RECTIFIED_WITHIN: Final = timedelta(hours=48)
"""C8.2; hours, so it needs no calendar."""
DAYS: Final[Mapping[RightsKind, int]] = {
    "access": 30,
    "portability": 30,
    "restriction": 30,
    "objection": 30,
    "erasure": 30,
    "complaint": 15,
}
"""C8.1 for what the GDPR gives a month (art. 12(3)), C13.1 for complaints; days in Paris."""
EXTENSION: Final = relativedelta(months=2)
"""GDPR art. 12(3)."""
EXTENDABLE: Final[frozenset[RightsKind]] = frozenset({"access"})
"""Where it can be complex enough; the other promises know no longer term."""
CONFIRMATION_WAITS: Final = timedelta(minutes=10)
"""Before the link that confirms can be sent again: a mail may take a while."""
CONFIRMATIONS_AT_MOST: Final = 5
"""How often it is sent again: nobody's mailbox is flooded because somebody used their name."""
REMINDED_AFTER: Final[tuple[tuple[ReminderStage, float], ...]] = (
    ("half", 0.5),
    ("three_quarters", 0.75),
    ("overdue", 1.0),
)


def acknowledge_by(received_at: datetime) -> datetime:
    """Return by when the person is told that the request has arrived."""
    return received_at + ACKNOWLEDGED_WITHIN


def due_at(kind: RightsKind, received_at: datetime) -> datetime:
    """Return by when a request of `kind` is answered: days keep their hour in Paris."""
    if kind == "rectification":
        return received_at + RECTIFIED_WITHIN
    return later(received_at, relativedelta(days=DAYS[kind]))


def extended(due: datetime) -> datetime:
    """Return the end of a term that ended at `due`, two calendar months later."""
    return later(due, EXTENSION)


def reminders(since: datetime, due: datetime) -> tuple[tuple[ReminderStage, datetime], ...]:
    """Return at which instants of the term from `since` to `due` staff are reminded, in order."""
    span = due - since
    return tuple((stage, since + span * part) for stage, part in REMINDED_AFTER)


def next_reminder(
    since: datetime, due: datetime, reminded: ReminderStage | None
) -> datetime | None:
    """Return when staff are reminded next after the stage `reminded`; never once it is overdue."""
    instants = reminders(since, due)
    done = 0
    if reminded is not None:
        done = 1 + [stage for stage, _ in instants].index(reminded)
    return instants[done][1] if done < len(instants) else None


def later(instant: datetime, by: relativedelta) -> datetime:
    """Return `instant` moved along the calendar of Paris, in the zone it came in."""
    there = instant.astimezone(PARIS).replace(tzinfo=None) + by
    return there.replace(tzinfo=PARIS).astimezone(instant.tzinfo)
