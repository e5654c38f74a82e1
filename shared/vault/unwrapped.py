"""Unwrapped data keys in memory, for a minute at most."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.vault.key_id import KeyId

CACHE_SECONDS: Final = 60.0
"""Longest time an unwrapped data key lives in memory."""


Monotonic = Callable[[], float]
Later = Callable[[float, Callable[[], None]], object]


def _later(seconds: float, work: Callable[[], None]) -> object:
    return asyncio.get_running_loop().call_later(seconds, work)


class UnwrappedKeys:
    """What opens the values of scopes used lately; `None` where a scope has been forgotten."""

    def __init__(self, monotonic: Monotonic = time.monotonic, later: Later = _later) -> None:
        """Measure time with `monotonic`, in seconds; have work done by `later`."""
        self._entries: dict[KeyId, tuple[AESGCM | None, float]] = {}
        self._questions: set[_Question] = set()
        self._monotonic = monotonic
        self._later = later
        self._purging = False

    def __len__(self) -> int:
        """Return how many keys are in memory."""
        return len(self._entries)

    def found(self, ids: Iterable[KeyId]) -> dict[KeyId, AESGCM | None]:
        """Return what is remembered of `ids` and not too old."""
        oldest = self._monotonic() - CACHE_SECONDS
        entries = self._entries
        return {
            key_id: entry[0]
            for key_id in ids
            if (entry := entries.get(key_id)) is not None and entry[1] > oldest
        }

    @contextmanager
    def asking(self) -> Iterator[Callable[[KeyId], bool]]:
        """Give what tells of a key whether it was dropped while the database is asked.

        What was asked for before a key was dropped may have been answered before it was closed:
        it is used once and not remembered.
        """
        question = _Question()
        self._questions.add(question)
        try:
            yield question.is_stale
        finally:
            self._questions.discard(question)

    def remember(self, key_id: KeyId, box: AESGCM | None) -> None:
        """Keep `box` for the time that keys may live in memory."""
        self._entries.pop(key_id, None)
        self._entries[key_id] = (box, self._monotonic())
        if not self._purging:
            self._purging = True
            self._later(CACHE_SECONDS, self._purge)

    def drop(self, key_id: KeyId) -> None:
        """Forget the key now."""
        self._entries.pop(key_id, None)
        for question in self._questions:
            question.dropped.add(key_id)

    def _purge(self) -> None:
        """Let go of what is too old, and come back when the next is: also when nobody asks."""
        now = self._monotonic()
        while self._entries:
            first, (_, since) = next(iter(self._entries.items()))
            if now - since < CACHE_SECONDS:
                self._later(since + CACHE_SECONDS - now, self._purge)
                return
            del self._entries[first]
        self._purging = False

    def drop_all(self) -> None:
        """Forget every key now."""
        self._entries.clear()
        for question in self._questions:
            question.everything = True


class _Question:
    """Keys being asked for."""

    def __init__(self) -> None:
        self.dropped: set[KeyId] = set()
        self.everything = False

    def is_stale(self, key_id: KeyId) -> bool:
        return self.everything or key_id in self.dropped
