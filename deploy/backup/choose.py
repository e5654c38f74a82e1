"""Which copies a restore takes, and which ledger: always the newest that is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.backup.copies import Copy, CopyDefectError, Kind, find_copies, ledger_copy
from deploy.backup.key_samples import KEYS, KeySamples
from deploy.backup.keys import BackupKeys
from deploy.backup.refusals import RestoreRefusedError
from deploy.backup.sealing import check_part, open_part
from deploy.cli.settings import SystemSettings
from services.retention.adapters.ledger import LedgerTamperedError, verified
from shared.ledger_mark import LedgerMark, continues, mark_of

NEWEST: Final = "newest"


@dataclass(frozen=True, slots=True)
class Choice:
    """What is restored."""

    stores: Copy | None
    """`None`: what is in the stores stays."""
    keys: Copy | None
    """`None`: the live key store stays."""
    ledger: Path


def newest_ledger(settings: SystemSettings, targets: Sequence[Path]) -> Path:
    """Return the ledger that goes furthest, here or at a target; each other is its beginning.

    Raises:
        RestoreRefusedError: two do not agree, or the newest is not as it was written.
    """
    known = [settings.ledger_file, *map(ledger_copy, targets)]
    marks = {path: mark_of(path) for path in known}
    newest = max(known, key=lambda path: marks[path].size)
    for path, mark in marks.items():
        if not continues(newest, mark):
            raise RestoreRefusedError(
                f"the ledgers {newest} and {path} do not agree: one was changed. Find out which, "
                "and take the other away, before anything is restored"
            )
    if marks[newest].size:
        content = newest.read_bytes()[: marks[newest].size]
        try:
            for _ in verified(content):
                pass
        except LedgerTamperedError as error:
            raise RestoreRefusedError(
                f"the ledger {newest} is not as it was written ({error}): put a sound copy in its "
                "place, from the other site or from your safe"
            ) from error
    return newest


def require_known(ledger: Path, mark: LedgerMark, of: str) -> None:
    """Return when `ledger` goes on from `mark`.

    Raises:
        RestoreRefusedError: it does not: erasures would be undone.
    """
    if not continues(ledger, mark):
        raise RestoreRefusedError(
            f"{of} knows of {mark.entries} erasures that the ledger {ledger} has not: with it they "
            "would be undone. Name every site with --from, or put the newest ledger back"
        )


def choose_copy(
    kind: Kind, identifier: str, targets: Sequence[Path], settings: SystemSettings
) -> Copy:
    """Return a copy of `kind` that is whole and can be opened; another site's where one is not.

    Raises:
        ConfigurationError: the keys of backups, or those that data keys are under, cannot be used.
        RestoreRefusedError: there is none.
    """
    keys = BackupKeys(settings.secrets_dir)
    identity = keys.identity()
    if identity is None:
        raise RestoreRefusedError(
            "the identity that opens backups is not here: put secrets/backup/identity.age back "
            "from your safe for as long as the restore takes"
        )
    found = find_copies(targets, keys)
    of_kind = [copy for copy in found.copies if copy.manifest.kind == kind]
    if identifier == NEWEST and of_kind:
        identifier = of_kind[-1].manifest.id
    defects = list(found.defects)
    for copy in of_kind:
        if copy.manifest.id != identifier:
            continue
        samples = KeySamples()
        try:
            for part in copy.manifest.parts:
                check_part(copy.folder, part)
                is_keys = part.name == KEYS
                open_part(copy.folder, part, identity, samples.take if is_keys else _nothing)
        except CopyDefectError as error:
            defects.append(str(error))
            continue
        samples.require_openable(settings)
        return copy
    what = "stores" if kind == "stores" else "key store"
    told = f" ({'; '.join(defects)})" if defects else ""
    raise RestoreRefusedError(f"no sound copy {identifier} of the {what}{told}")


def _nothing(_: bytes) -> None:
    """Look at nothing: it is enough that it can be opened."""
