"""The copies at a target: folders that are there whole or not at all, each with its expiry.

- TARGET/stores/ID/: parts, manifest.json, manifest.sig
- TARGET/keys/ID/: likewise, with a shorter life
- TARGET/ledger/: the erasure ledger as it was last
"""

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from deploy.backup.keys import BackupKeys
from shared.ledger_mark import LedgerMark

Kind = Literal["stores", "keys"]
KINDS: Final[tuple[Kind, ...]] = ("stores", "keys")
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
FORMAT: Final = 1
HIDDEN: Final = "."
"""Begins the name of what is being written or removed."""


class Part(BaseModel):
    """One sealed file."""

    model_config = ConfigDict(frozen=True)

    name: str
    """Database and collection."""
    file: str
    sha256: str
    size: int
    documents: int


class Manifest(BaseModel):
    """What a copy holds, signed as a whole."""

    model_config = ConfigDict(frozen=True)

    format: int
    id: str
    kind: Kind
    release: str
    namespace: str
    started_at: datetime
    """Everything recorded before is in the copy."""
    finished_at: datetime
    expires_at: datetime
    ledger: LedgerMark
    """The ledger when the copy was finished: the one to restore with goes at least so far."""
    recipient: str
    parts: tuple[Part, ...]

    @property
    def size(self) -> int:
        """Bytes of all parts together."""
        return sum(part.size for part in self.parts)


class CopyDefectError(Exception):
    """A copy is not what was written; the message names the file."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A finished copy at one target."""

    target: Path
    folder: Path
    manifest: Manifest

    def overdue(self, now: datetime) -> bool:
        """Whether its life is over."""
        return self.manifest.expires_at <= now


def folder_of(target: Path, kind: Kind) -> Path:
    """Return where the copies of `kind` are at `target`."""
    return target / kind


def ledger_copy(target: Path) -> Path:
    """Return where the ledger is at `target`."""
    return target / "ledger" / "erasures.jsonl"


def read_copy(target: Path, folder: Path, keys: BackupKeys) -> Copy:
    """Return the copy in `folder`; its parts are there with their sizes, but were not read.

    Raises:
        CopyDefectError: manifest or a part is missing, changed or cut short.
    """
    try:
        content = (folder / MANIFEST).read_bytes()
        signature = (folder / SIGNATURE).read_text()
    except FileNotFoundError as error:
        raise CopyDefectError(f"{error.filename} is missing") from error
    if not keys.signed(content, signature):
        raise CopyDefectError(f"{folder / MANIFEST} is not as it was signed here")
    try:
        manifest = Manifest.model_validate_json(content)
    except ValidationError as error:
        raise CopyDefectError(f"{folder / MANIFEST} is of another format") from error
    if manifest.format != FORMAT or manifest.id != folder.name:
        raise CopyDefectError(f"{folder / MANIFEST} is of another format or place")
    for part in manifest.parts:
        path = folder / part.file
        if not path.is_file():
            raise CopyDefectError(f"{path} is missing")
        if (size := path.stat().st_size) != part.size:
            raise CopyDefectError(f"{path} has {size} bytes instead of {part.size}")
    return Copy(target, folder, manifest)


@dataclass(frozen=True, slots=True)
class Found:
    """What is at a target."""

    copies: tuple[Copy, ...]
    """Oldest first."""
    defects: tuple[str, ...]


def find_copies(targets: Iterable[Path], keys: BackupKeys) -> Found:
    """Return every copy at `targets`, and what is wrong there.

    Raises:
        OSError: a target cannot be read for another reason than not being there.
    """
    copies: list[Copy] = []
    defects: list[str] = []
    for target in targets:
        if not target.is_dir():
            defects.append(f"{target} is not there")
            continue
        for kind in KINDS:
            for folder in _folders(folder_of(target, kind)):
                try:
                    copies.append(read_copy(target, folder, keys))
                except CopyDefectError as error:
                    defects.append(str(error))
    copies.sort(key=lambda copy: copy.manifest.id)
    return Found(tuple(copies), tuple(defects))


def prune(targets: Iterable[Path], keys: BackupKeys, now: datetime) -> list[Copy]:
    """Remove every copy whose life is over, and what was left half written; return the former.

    Raises:
        OSError: something could not be removed.
    """
    removed = []
    for target in targets:
        for kind in KINDS:
            for left in _hidden(folder_of(target, kind)):
                shutil.rmtree(left)
    for copy in find_copies(targets, keys).copies:
        if copy.overdue(now):
            hidden = copy.folder.with_name(f"{HIDDEN}{copy.folder.name}.going")
            copy.folder.rename(hidden)
            shutil.rmtree(hidden)
            removed.append(copy)
    return removed


def write_manifest(folder: Path, manifest: Manifest, keys: BackupKeys) -> None:
    """Write the signed manifest into `folder`.

    Raises:
        OSError: it could not be written.
    """
    content = json.dumps(manifest.model_dump(mode="json"), indent=2, sort_keys=True).encode()
    (folder / MANIFEST).write_bytes(content)
    (folder / SIGNATURE).write_text(keys.sign(content))


def _folders(parent: Path) -> list[Path]:
    if not parent.is_dir():
        return []
    return sorted(p for p in parent.iterdir() if p.is_dir() and not p.name.startswith(HIDDEN))


def _hidden(parent: Path) -> list[Path]:
    if not parent.is_dir():
        return []
    return [p for p in parent.iterdir() if p.is_dir() and p.name.startswith(HIDDEN)]
