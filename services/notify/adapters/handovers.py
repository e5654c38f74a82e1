"""Which messages were being handed over when a process died, and which had been taken.

A line is written just before a message's content goes out, and another as soon as the provider's
250 is read, before anything else happens. What the operating system has been given survives
`kill -9`, so the next process knows what was taken although no mark of it was stored (RFC 1047).
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from shared.ids import new_id

LARGEST: Final = 256 * 1024
"""Bytes after which what is settled is left out."""
MODE: Final = 0o600

Mark = Literal["?", "+"]
"""Content going out; taken."""


@dataclass(frozen=True, slots=True)
class Found:
    """What processes that died left behind."""

    taken: frozenset[str]
    doubtful: frozenset[str]


class Handovers:
    """The journal of this process: ids of messages, opaque, and nothing else."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._path = folder / f"{new_id()}.journal"
        self._open: dict[str, Mark] = {}
        self._file = self._opened()

    def going_out(self, message_id: str) -> None:
        """Note that the content of a message is about to be sent."""
        self._note(message_id, "?")

    def taken(self, message_id: str) -> None:
        """Note that the provider took it."""
        self._note(message_id, "+")

    def settled(self, message_id: str) -> None:
        """Forget a message whose outcome is stored, or that was refused."""
        self._open.pop(message_id, None)
        if not self._open:
            os.ftruncate(self._file, 0)
        elif os.lseek(self._file, 0, os.SEEK_END) > LARGEST:
            os.ftruncate(self._file, 0)
            os.write(self._file, "".join(f"{m}{i}\n" for i, m in self._open.items()).encode())

    @contextmanager
    def left_behind(self) -> Iterator[Found]:
        """Yield what processes that are no more left; it is forgotten when the context ends well.

        A journal is locked for as long as its process lives, whatever process that is.
        """
        paths = [path for path in self._folder.glob("*.journal") if path != self._path]
        found: dict[str, str] = {}
        orphans: list[tuple[Path, int]] = []
        try:
            for path in paths:
                file = os.open(path, os.O_RDWR)
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    os.close(file)
                    continue
                orphans.append((path, file))
                # What comes after the last line's end was cut short.
                whole, _, _ = path.read_text(encoding="ascii").rpartition("\n")
                found |= {line[1:]: line[0] for line in whole.splitlines()}
            taken = frozenset(message for message, mark in found.items() if mark == "+")
            yield Found(taken, frozenset(found) - taken)
            for path, _ in orphans:
                path.unlink(missing_ok=True)
        finally:
            for _, file in orphans:
                os.close(file)

    def close(self) -> None:
        """Let go of the journal; without anything open it is removed."""
        if not self._open:
            self._path.unlink(missing_ok=True)
        os.close(self._file)

    def _note(self, message_id: str, mark: Mark) -> None:
        self._open[message_id] = mark
        os.write(self._file, f"{mark}{message_id}\n".encode())

    def _opened(self) -> int:
        file = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_APPEND, MODE)
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return file
