"""One lock per person."""

import asyncio
from weakref import WeakValueDictionary


class SubjectLocks:
    """One lock per person, so that placing a hold and destroying a key never interleave."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, subject: str) -> asyncio.Lock:
        """Return the lock of `subject`; it exists as long as somebody holds or awaits it."""
        return self._locks.setdefault(subject, asyncio.Lock())
