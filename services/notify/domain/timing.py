"""When a message may leave: quiet hours, one teaching message a day, and waits between attempts."""

from datetime import datetime, time, timedelta
from hashlib import sha256
from typing import Final
from zoneinfo import ZoneInfo

QUIET_FROM: Final = time(21)
QUIET_UNTIL: Final = time(8)
SPREAD: Final = timedelta(minutes=15)
"""Over which what waited for the morning is spread."""
TEACHING_APART: Final = timedelta(hours=20)
"""Between two teaching messages to one person; what comes meanwhile goes out as one."""

BACKOFF: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
"""Wait after each failed attempt; after the last one the message is given up."""
JITTER: Final = 0.2


def quiet_until(at: datetime, zone: str, message_id: str) -> datetime | None:
    """Return when the quiet hours around `at` end in `zone`; `None` outside of them.

    Each message has a minute of its own in the morning, so that not everything leaves at once.
    """
    local = at.astimezone(ZoneInfo(zone))
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return None
    day = local.date() + timedelta(days=local.time() >= QUIET_FROM)
    morning = datetime.combine(day, QUIET_UNTIL, ZoneInfo(zone)).astimezone(at.tzinfo)
    return morning + SPREAD * chance(message_id, 0)


def retry_at(at: datetime, attempts: int, message_id: str) -> datetime | None:
    """Return when to try again after `attempts` attempts; `None` when there were enough.

    The wait differs by up to a fifth from message to message, the same whoever computes it.
    """
    if attempts > len(BACKOFF):
        return None
    factor = 1 + JITTER * (2 * chance(message_id, attempts) - 1)
    return at + BACKOFF[max(attempts, 1) - 1] * factor


def chance(message_id: str, turn: int) -> float:
    """Return a number from 0 to 1 that looks random and is always the same."""
    return int.from_bytes(sha256(f"{message_id}:{turn}".encode()).digest()[:4]) / 2**32
