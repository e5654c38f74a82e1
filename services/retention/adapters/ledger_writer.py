"""Who may write the ledger: one process at a time, whatever replicas there are."""

import fcntl
import os
from pathlib import Path
from typing import Final

LOCK: Final = "erasures.lock"


class AnotherWriterError(Exception):
    """Another process writes this ledger; it is free again as soon as that one ends."""


class LedgerWriter:
    """The right to write the ledger in `folder`.

    The operating system takes it back when the process ends, however it ends, so a replica that
    stands by can go on where a killed one stopped.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK
        self._handle: int | None = None

    def claim(self) -> None:
        """Become the writer, or stay it.

        Raises:
            AnotherWriterError: another process is.
        """
        if self._handle is not None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(handle)
            raise AnotherWriterError from error
        self._handle = handle

    def release(self) -> None:
        """Let another process write."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
