"""Where the time comes from: nothing else in the product asks the machine what time it is."""

import mmap
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)


class Clock(Protocol):
    """Tells the present instant."""

    def now(self) -> datetime:
        """Return the present instant, time-zone aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the machine's present instant in UTC."""
        return datetime.fromtimestamp(time.time(), tz=UTC)


class FixedClock:
    """A clock that stands where it was put; tests move it by hand."""

    def __init__(self, at: datetime) -> None:
        self._at = _aware(at)

    def now(self) -> datetime:
        """Return the instant at which the clock was put last."""
        return self._at

    def move_to(self, at: datetime) -> None:
        """Put the clock at `at`, an aware datetime."""
        self._at = _aware(at)


class VirtualClock:
    """A clock that several processes share through eight bytes of a memory-mapped file.

    One process (the demo, a test) moves it; every service started with the same file sees the
    new time at its next call.
    """

    def __init__(self, path: Path, *, start: datetime | None = None) -> None:
        """Open the clock at `path`, creating it at `start` when there is none yet.

        Raises:
            FileNotFoundError: `path` does not exist and no `start` was given.
        """
        if not path.exists():
            if start is None:
                raise FileNotFoundError(path)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(struct.pack("<q", _microseconds(start)))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 8)

    def now(self) -> datetime:
        """Return the shared virtual instant in UTC."""
        microseconds: int = struct.unpack("<q", self._map[:8])[0]
        return EPOCH + microseconds * MICROSECOND

    def move_to(self, at: datetime) -> None:
        """Put the clock at `at` for every process that shares the file.

        Raises:
            ValueError: `at` lies before the present virtual instant, or is not aware.
        """
        if _aware(at) < self.now():
            raise ValueError("a virtual clock never goes back")
        self._map[:8] = struct.pack("<q", _microseconds(at))


def _microseconds(at: datetime) -> int:
    return (_aware(at) - EPOCH) // MICROSECOND


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return at.astimezone(UTC)
