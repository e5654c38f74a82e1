"""The erasure ledger: what has been forgotten, kept outside the databases and their backups.

JSON lines, appended and fsynced before a key is destroyed, each line bound to the one before by its
hash, free of personal data. After a restore, what it lists is forgotten again.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, Final

GENESIS: Final = "0" * 64
FILE: Final = "erasures.jsonl"


class LedgerTamperedError(Exception):
    """The ledger is not what was written; the message names the first wrong line."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One destroyed key."""

    sequence: int
    previous: str
    at: str
    case_id: str
    subject: str
    category: str
    object: str
    hash: str

    @property
    def scope(self) -> tuple[str, str, str]:
        """What the key covered: subject, category, object."""
        return (self.subject, self.category, self.object)


class ErasureLedger:
    """The ledger in `folder`. One process writes it; its calls block for an fsync.

    What it has read and written is what counts: a file that was changed since is found.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._entries: dict[tuple[str, str, str], Entry] = {}
        self._last = GENESIS
        self._lock = Lock()

    def open(self) -> int:
        """Read and check the whole ledger; return how many entries it has.

        A last line cut short by a crash was never acted upon and is removed.

        Raises:
            LedgerTamperedError: a line was changed, removed or inserted.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self._path.exists():
            self._path.touch(mode=0o600)
            _sync_folder(self._path.parent)
        content = self._path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if whole != content:
            with self._path.open("r+b") as file:
                file.truncate(len(whole))
                file.flush()
                os.fsync(file.fileno())
        self._entries, self._last = {}, GENESIS
        for entry in verified(whole):
            self._entries[entry.scope] = entry
            self._last = entry.hash
        return len(self._entries)

    def check(self) -> int:
        """Read the file again and return how many entries it has.

        Raises:
            LedgerTamperedError: it is not what this process has read and written.
        """
        with self._lock:
            found = list(verified(self._path.read_bytes()))
            for known, entry in zip(self.entries(), found, strict=False):
                if known != entry:
                    raise LedgerTamperedError(f"{FILE}:{entry.sequence}: replaced")
            if len(found) != len(self._entries):
                line = min(len(found), len(self._entries)) + 1
                raise LedgerTamperedError(f"{FILE}:{line}: removed or added")
            return len(found)

    def has(self, scope: tuple[str, str, str], digest: str) -> bool:
        """Whether the entry about `scope` is the one with hash `digest`."""
        entry = self._entries.get(scope)
        return entry is not None and entry.hash == digest

    def covers(self, scope: tuple[str, str, str]) -> bool:
        """Whether there is an entry about `scope`."""
        return scope in self._entries

    def entries(self) -> list[Entry]:
        """Return every entry in the order of writing."""
        return sorted(self._entries.values(), key=lambda entry: entry.sequence)

    def record(
        self, case_id: str, subject: str, scopes: Sequence[tuple[str, str]], at: datetime
    ) -> list[str]:
        """Enter the scopes (category, object) durably and return the hashes of their entries.

        A scope that has been entered before keeps its entry, so that repeating is harmless.

        Raises:
            OSError: nothing was entered, as when the disk is full.
        """
        with self._lock:
            new: dict[tuple[str, str, str], Entry] = {}
            for category, thing in scopes:
                scope = (subject, category, thing)
                if scope not in self._entries and scope not in new:
                    previous = next(reversed(new.values())).hash if new else self._last
                    sequence = len(self._entries) + len(new) + 1
                    new[scope] = _entry(sequence, previous, case_id, scope, at)
            if new:
                self._write(b"".join(map(_line, new.values())))
                self._entries |= new
                self._last = next(reversed(new.values())).hash
            return [self._entries[subject, category, thing].hash for category, thing in scopes]

    def _write(self, lines: bytes) -> None:
        """Append `lines` durably, or leave the file as it was."""
        with self._path.open("ab", buffering=0) as file:
            before = file.tell()
            rest = memoryview(lines)
            try:
                while rest:
                    rest = rest[file.write(rest) :]
                os.fsync(file.fileno())
            except OSError:
                os.ftruncate(file.fileno(), before)
                raise


def _entry(
    sequence: int, previous: str, case_id: str, scope: tuple[str, str, str], at: datetime
) -> Entry:
    subject, category, thing = scope
    body: dict[str, Any] = {
        "sequence": sequence,
        "previous": previous,
        "at": at.isoformat(),
        "case_id": case_id,
        "subject": subject,
        "category": category,
        "object": thing,
    }
    return Entry(**body, hash=_hash(body))


def verified(content: bytes) -> Iterator[Entry]:
    """Yield the entries of a ledger's content, checking the chain.

    Raises:
        LedgerTamperedError: a line is not what was written.
    """
    previous = GENESIS
    for number, line in enumerate(content.splitlines(), start=1):
        try:
            body = json.loads(line)
            entry = Entry(**body)
        except (ValueError, TypeError) as error:
            raise LedgerTamperedError(f"{FILE}:{number}: not an entry") from error
        claimed = body.pop("hash")
        if entry.sequence != number or entry.previous != previous or claimed != _hash(body):
            raise LedgerTamperedError(f"{FILE}:{number}: the chain is broken")
        previous = entry.hash
        yield entry


def _hash(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _line(entry: Entry) -> bytes:
    body = {name: getattr(entry, name) for name in Entry.__dataclass_fields__}
    return json.dumps(body).encode() + b"\n"


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
