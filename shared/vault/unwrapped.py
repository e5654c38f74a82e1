"""Unwrapped data keys in memory, for a minute at most."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.vault.key_id import KeyId

CACHE_SECONDS: Final = 60.0
"""Longest time an unwrapped data key lives in memory."""


class UnwrappedKeys:
    """What opens the values of scopes used lately; `None` where a scope has been forgotten."""

    def __init__(self) -> None:
        self._entries: dict[KeyId, tuple[AESGCM | None, float]] = {}
        self._questions: set[_Question] = set()

    def found(self, ids: Iterable[KeyId]) -> dict[KeyId, AESGCM | None]:
        """Return what is remembered of `ids` and not too old."""
        oldest = time.monotonic() - CACHE_SECONDS
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
        oldest = time.monotonic() - CACHE_SECONDS
        self._entries.pop(key_id, None)
        while self._entries:
            first = next(iter(self._entries))
            if self._entries[first][1] >= oldest:
                break
            del self._entries[first]
        self._entries[key_id] = (box, time.monotonic())

    def drop(self, key_id: KeyId) -> None:
        """Forget the key now."""
        self._entries.pop(key_id, None)
        for question in self._questions:
            question.dropped.add(key_id)

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
