"""Making a backup while the system runs: stores first, then the key store, then the ledger."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Final

from deploy.backup.copies import (
    FORMAT,
    HIDDEN,
    Kind,
    Manifest,
    Part,
    folder_of,
    ledger_copy,
    write_manifest,
)
from deploy.backup.keys import BackupKeys
from deploy.backup.sealing import Destination, reason_of, write_part
from deploy.cli.settings import SystemSettings
from shared.ids import moment_id, new_id
from shared.ledger_mark import continues, mark_of
from shared.stores import COMMITS, Place, Stores

LOCK: Final = "backup.lock"

Advance = Callable[[str, int], None]
"""Told the name of a part, and how many documents of it have been read since it was told last."""


class BackupRefusedError(Exception):
    """No backup was begun; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a backup."""

    id: str
    documents: int
    size: int
    failures: dict[Path, str]
    """Targets that have no whole copy, and why."""


def make_backup(settings: SystemSettings, targets: Sequence[Path], advance: Advance) -> Outcome:
    """Copy stores, key store and ledger to each of `targets`; one that fails spoils no other.

    Commits are read below an id drawn before the first of them, see `Stores.documents`. The key
    store is read after the stores, so that the key of everything copied is in it, or is destroyed
    by then. The ledger comes last: it goes at least as far as what was destroyed.

    Raises:
        BackupRefusedError: another one runs, or a target's ledger is not the beginning of ours.
        StoreError: the database is away.
    """
    keys = BackupKeys(settings.secrets_dir)
    clock = settings.clock()
    started = clock.now()
    identifier = f"{started:%Y%m%dT%H%M%SZ}-{new_id()[-4:]}"
    with _alone(settings.data_dir), Stores(settings.mongodb, settings.namespace) as stores:
        stores.note_backup(started, settings.backup_hours, whole=False)
        _require_our_ledger(settings, targets)
        making = _Making(settings, keys, stores, identifier, started, advance)
        failures: dict[Path, str] = {}
        parts: list[Part] = []
        work: list[tuple[Kind, Callable[[], list[Place]], float]] = [
            ("stores", stores.store_places, settings.backup_days),
            ("keys", stores.vault_places, settings.backup_key_days),
        ]
        for kind, places, days in work:
            left = [target for target in targets if target not in failures]
            made, failed = making.copy(kind, places(), days, left)
            parts += made
            failures |= failed
        for target in targets:
            if target not in failures:
                try:
                    _copy_ledger(settings, target)
                except OSError as error:
                    failures[target] = reason_of(error)
        if not failures:
            stores.note_backup(started, settings.backup_hours, whole=True)
    return Outcome(
        id=identifier,
        documents=sum(part.documents for part in parts),
        size=sum(part.size for part in parts),
        failures=failures,
    )


@dataclass(frozen=True, slots=True)
class _Making:
    settings: SystemSettings
    keys: BackupKeys
    stores: Stores
    id: str
    started: datetime
    advance: Advance

    def copy(
        self, kind: Kind, places: Sequence[Place], days: float, targets: Sequence[Path]
    ) -> tuple[list[Part], dict[Path, str]]:
        """Write the copy of `kind` to each of `targets`; return its parts and what failed."""
        destinations = [self._begin(kind, target) for target in targets]
        parts: list[Part] = []
        below: str | None = None
        try:
            for place in places:
                is_commits = place.collection == COMMITS
                below = below or moment_id() if is_commits else below
                bound = below if is_commits else None
                documents = self._told(place, self.stores.documents(place, below=bound))
                part = write_part(str(place), documents, self.keys.recipient, destinations)
                if part is None:
                    break
                parts.append(part)
            clock = self.settings.clock()
            manifest = Manifest(
                format=FORMAT,
                id=self.id,
                kind=kind,
                release=version("carionexiq"),
                namespace=self.settings.namespace,
                started_at=self.started,
                finished_at=clock.now(),
                expires_at=self.started + timedelta(days=days),
                ledger=mark_of(self.settings.ledger_file),
                recipient=str(self.keys.recipient),
                parts=tuple(parts),
            )
            for destination in destinations:
                self._finish(destination, manifest)
        finally:
            for destination in destinations:
                shutil.rmtree(destination.folder, ignore_errors=True)
        return parts, {d.target: d.failure for d in destinations if d.failure is not None}

    def _begin(self, kind: Kind, target: Path) -> Destination:
        parent = folder_of(target, kind)
        folder = parent / f"{HIDDEN}{self.id}.partial"
        destination = Destination(target, folder)
        if not target.is_dir():
            destination.failure = "the folder is not there"
            return destination
        try:
            parent.mkdir(mode=0o700, exist_ok=True)
            for left in parent.glob(f"{HIDDEN}*.partial"):
                shutil.rmtree(left)
            folder.mkdir(mode=0o700)
        except OSError as error:
            destination.failure = reason_of(error)
        return destination

    def _finish(self, destination: Destination, manifest: Manifest) -> None:
        """Let a copy appear, whole, under its name."""
        if destination.failure is not None:
            return
        try:
            write_manifest(destination.folder, manifest, self.keys)
            _sync(destination.folder)
            destination.folder.rename(destination.folder.with_name(self.id))
            _sync(destination.folder.parent)
        except OSError as error:
            destination.failure = reason_of(error)

    def _told(self, place: Place, documents: Iterator[bytes]) -> Iterator[bytes]:
        every = 200
        count = 0
        for count, document in enumerate(documents, start=1):
            if count % every == 0:
                self.advance(str(place), every)
            yield document
        self.advance(str(place), count % every)


@contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    """Be the only backup of this system.

    Raises:
        BackupRefusedError: another one runs.
    """
    folder = data_dir / "run"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupRefusedError("another backup runs: wait until it is done") from error
        yield


def _require_our_ledger(settings: SystemSettings, targets: Sequence[Path]) -> None:
    """Refuse where a target knows of erasures that the ledger here does not.

    Raises:
        BackupRefusedError: it does.
    """
    for target in targets:
        copy = ledger_copy(target)
        if not continues(settings.ledger_file, mark_of(copy)):
            raise BackupRefusedError(
                f"the ledger here does not go on from {copy}: it was cut, changed or is another "
                "system's. Find out which is right before the next backup; `carionexiq restore "
                "--help` says how a lost ledger comes back"
            )


def _copy_ledger(settings: SystemSettings, target: Path) -> None:
    """Put the ledger as it is now in the place of the copy at `target`."""
    source, copy = settings.ledger_file, ledger_copy(target)
    copy.parent.mkdir(mode=0o700, exist_ok=True)
    draft = copy.with_name(f"{HIDDEN}{copy.name}.new")
    if source.exists():
        shutil.copyfile(source, draft)
    else:
        draft.touch()
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    draft.replace(copy)
    _sync(copy.parent)


def _sync(folder: Path) -> None:
    for path in (*folder.iterdir(), folder):
        if path.is_file() or path == folder:
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
