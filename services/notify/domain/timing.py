"""When a message may leave: quiet hours, one teaching message a day, and waits between attempts."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from hashlib import sha256
from typing import Final
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From when until when nothing leaves that may wait, by the person's own clock."""

    start: time
    end: time
    """The same as `start` where there are none."""

    def around(self, local: datetime) -> datetime | None:
        """Return the end of the quiet hours that `local` is in; `None` outside of them."""
        now = local.time()
        over_midnight = self.start > self.end
        before_midnight = now >= self.start
        quiet = before_midnight or now < self.end if over_midnight else self.start <= now < self.end
        if not quiet:
            return None
        day = local.date() + timedelta(days=over_midnight and before_midnight)
        return datetime.combine(day, self.end, local.tzinfo)


NIGHT: Final = QuietHours(time(21), time(8))
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


def quiet_until(
    at: datetime, zone: str, message_id: str, hours: QuietHours = NIGHT
) -> datetime | None:
    """Return when the quiet `hours` around `at` end in `zone`; `None` outside of them.

    Each message has a minute of its own in the morning, so that not everything leaves at once.
    """
    morning = hours.around(at.astimezone(ZoneInfo(zone)))
    if morning is None:
        return None
    return morning.astimezone(at.tzinfo) + SPREAD * chance(message_id, 0)


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
