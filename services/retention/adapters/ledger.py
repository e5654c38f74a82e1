"""The erasure ledger: what has been forgotten, kept outside the databases and their backups.

JSON lines, appended and fsynced before a key is disabled, destroyed or (for a legal hold) enabled
again, each line bound to the one before by its hash, free of personal data. After a restore, what
it says last of a scope is done again.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, Final, Literal

from shared.ledger_mark import FILE, LedgerMark

GENESIS: Final = "0" * 64

Act = Literal["disabled", "enabled", "destroyed"]
Scope = tuple[str, str, str]
"""Subject, category, object."""


class LedgerTamperedError(Exception):
    """The ledger is not what was written; the message names the first wrong line."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What was done to one key."""

    sequence: int
    previous: str
    at: str
    case_id: str
    subject: str
    category: str
    object: str
    hash: str
    act: Act = "destroyed"
    """Lines of a destruction do not name it, as they never did."""

    @property
    def scope(self) -> Scope:
        """What the key covered: subject, category, object."""
        return (self.subject, self.category, self.object)


class ErasureLedger:
    """The ledger in `folder`. One process writes it; its calls block for an fsync.

    What it has read and written is what counts: a file that was changed since is found.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._entries: list[Entry] = []
        self._last: dict[Scope, Entry] = {}
        self._digest = hashlib.sha256()
        self._size = 0
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
        self._entries, self._last = [], {}
        self._digest, self._size = hashlib.sha256(whole), len(whole)
        self._take(verified(whole))
        return len(self._entries)

    def check(self) -> int:
        """Read the file again and return how many entries it has.

        Raises:
            LedgerTamperedError: it is not what this process has read and written.
        """
        with self._lock:
            found = list(verified(self._path.read_bytes()))
            for known, entry in zip(self._entries, found, strict=False):
                if known != entry:
                    raise LedgerTamperedError(f"{FILE}:{entry.sequence}: replaced")
            if len(found) != len(self._entries):
                line = min(len(found), len(self._entries)) + 1
                raise LedgerTamperedError(f"{FILE}:{line}: removed or added")
            return len(found)

    def mark(self) -> LedgerMark:
        """Return how far the ledger goes."""
        with self._lock:
            return LedgerMark(
                entries=len(self._entries), size=self._size, sha256=self._digest.hexdigest()
            )

    def __len__(self) -> int:
        return len(self._entries)

    def has(self, scope: Scope, digest: str) -> bool:
        """Whether the entry about the destruction of `scope` is the one with hash `digest`."""
        entry = self._last.get(scope)
        return entry is not None and entry.act == "destroyed" and entry.hash == digest

    def covers(self, scope: Scope) -> bool:
        """Whether there is an entry about the destruction of `scope`."""
        entry = self._last.get(scope)
        return entry is not None and entry.act == "destroyed"

    def entries(self) -> list[Entry]:
        """Return every entry in the order of writing."""
        return list(self._entries)

    def standing(self, after: int = 0, limit: int | None = None) -> list[Entry]:
        """Return the last word on each scope, in the order of writing.

        Args:
            after: sequence after which to begin.
            limit: how many lines to look at; all where it is `None`.
        """
        until = None if limit is None else after + limit
        return [one for one in self._entries[after:until] if self._last[one.scope] is one]

    def record(
        self,
        case_id: str,
        subject: str,
        scopes: Sequence[tuple[str, str]],
        at: datetime,
        act: Act = "destroyed",
    ) -> list[str]:
        """Enter the scopes (category, object) durably and return the hashes of their entries.

        A scope of which this has been said keeps its entry, so that repeating is harmless; nothing
        is said of a destroyed scope any more.

        Raises:
            OSError: nothing was entered, as when the disk is full.
        """
        with self._lock:
            new: dict[Scope, Entry] = {}
            for category, thing in scopes:
                scope = (subject, category, thing)
                known = self._last.get(scope)
                if scope in new or (known is not None and known.act in (act, "destroyed")):
                    continue
                last = next(reversed(new.values()), self._entries[-1] if self._entries else None)
                previous = GENESIS if last is None else last.hash
                sequence = len(self._entries) + len(new) + 1
                new[scope] = _entry(sequence, previous, case_id, scope, at, act)
            if new:
                self._write(b"".join(map(_line, new.values())))
                self._take(new.values())
            return [self._last[subject, category, thing].hash for category, thing in scopes]

    def _take(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            self._entries.append(entry)
            self._last[entry.scope] = entry

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
        self._digest.update(lines)
        self._size += len(lines)


def _entry(
    sequence: int, previous: str, case_id: str, scope: Scope, at: datetime, act: Act
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
        **({} if act == "destroyed" else {"act": act}),
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
    if entry.act == "destroyed":
        del body["act"]
    return json.dumps(body).encode() + b"\n"


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
