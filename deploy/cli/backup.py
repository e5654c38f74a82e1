"""`backup`: copies on distinct sites: made, listed, checked, and removed when they expire."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from deploy.backup.copies import Copy, CopyDefectError, find_copies
from deploy.backup.copies import prune as remove_expired
from deploy.backup.keys import BackupKeys
from deploy.backup.make import BackupRefusedError, Outcome, make_backup
from deploy.backup.sealing import check_part, open_part
from deploy.cli.engines import engines
from deploy.cli.failures import CommandError, ExitCode, console, errors, told
from deploy.cli.settings import SystemSettings
from deploy.cli.up import DataOption, settings_for
from shared.stores import StoreError, Stores

MEGABYTE: Final = 1_000_000

backup = typer.Typer(
    invoke_without_command=True,
    help="Copy stores, key store and ledger to distinct sites; list, check and remove copies.",
)

ToOption = Annotated[
    list[Path] | None,
    typer.Option("--to", help="Folder on one site, given again for each (else the setting's)."),
]
SingleOption = Annotated[
    bool, typer.Option("--single-target", help="One target is enough, against C7.5.")
]


@backup.callback()
def make(
    context: typer.Context,
    to: ToOption = None,
    data: DataOption = None,
    *,
    single_target: SingleOption = False,
) -> None:
    """Make a backup, while the system runs or not, and remove what has expired.

    Without a command: copies of the stores, of the key store (with a shorter life) and of the
    ledger, each sealed and whole or not there at all. A target that fails spoils no other, and the
    exit code says so.
    """
    if context.invoked_subcommand is not None:
        return
    with told():
        settings = settings_for(data)
        targets = chosen(settings, to)
        require_distinct(targets, single=single_target or settings.backup_single_target)
        try:
            with engines(settings):
                outcome = _made(settings, targets)
        except BackupRefusedError as error:
            raise CommandError(str(error), ExitCode.WRONG_STATE) from error
        except StoreError as error:
            raise CommandError(f"the stores cannot be read ({type(error).__name__})") from error
        there = [target for target in targets if target not in outcome.failures]
        if there:
            console.print(
                f"{outcome.id}: {outcome.documents} documents, "
                f"{outcome.size / MEGABYTE:.2f} MB, at {', '.join(map(str, there))}",
                markup=False,
            )
        _pruned(there, settings)
        for target, reason in outcome.failures.items():
            errors.print(f"no whole copy at {target}: {reason}", markup=False)
        if outcome.failures:
            raise CommandError(f"{len(outcome.failures)} of {len(targets)} targets have no copy")


@backup.command("list")
def list_(to: ToOption = None, data: DataOption = None) -> None:
    """List the copies at every target, with when each expires."""
    with told():
        settings = settings_for(data)
        found = find_copies(chosen(settings, to), BackupKeys(settings.secrets_dir))
        now = settings.clock().now()
        table = Table("backup", "of", "target", "as of", "documents", "MB", "expires", "")
        for copy in found.copies:
            table.add_row(*_row(copy, now))
        console.print(table)
        for defect in found.defects:
            errors.print(defect, markup=False)


@backup.command("verify")
def verify(
    identifier: Annotated[
        str | None, typer.Argument(metavar="BACKUP", help="Id as `list` shows it; else every one.")
    ] = None,
    to: ToOption = None,
    data: DataOption = None,
) -> None:
    """Read copies through: every checksum, every signature, and that everything can be opened."""
    with told():
        settings = settings_for(data)
        keys = BackupKeys(settings.secrets_dir)
        found = find_copies(chosen(settings, to), keys)
        copies = [copy for copy in found.copies if identifier in (None, copy.manifest.id)]
        if not copies and not found.defects:
            raise CommandError("there is no such backup", ExitCode.USAGE)
        defects = [*found.defects, *(error for copy in copies if (error := defect_of(copy, keys)))]
        for defect in defects:
            errors.print(defect, markup=False)
        if defects:
            raise CommandError(f"{len(defects)} defects: make a backup anew")
        opened = "opened" if keys.identity() else "not opened: the identity is in its safe"
        console.print(f"{len(copies)} copies are as they were written; {opened}")


@backup.command("prune")
def prune(to: ToOption = None, data: DataOption = None) -> None:
    """Remove the copies whose life is over; `carionexiq up` does it by itself."""
    with told():
        settings = settings_for(data)
        if not _pruned(chosen(settings, to), settings):
            console.print("nothing has expired")


def chosen(settings: SystemSettings, to: Sequence[Path] | None) -> list[Path]:
    """Return the targets of the command line, or else those of the settings.

    Raises:
        CommandError: there are none.
    """
    targets = [path.absolute() for path in (to or settings.backup_targets)]
    if not targets:
        raise CommandError(
            "where to? Give --to twice, or set CARIONEXIQ_BACKUP_TARGETS", ExitCode.USAGE
        )
    return targets


def require_distinct(targets: Sequence[Path], *, single: bool) -> None:
    """Return when `targets` stand for distinct sites (C7.5).

    Raises:
        CommandError: they do not.
    """
    if len({path.resolve() for path in targets}) < len(targets):
        raise CommandError("two targets are the same folder", ExitCode.USAGE)
    if len(targets) == 1 and not single:
        raise CommandError(
            "one target is not two sites (C7.5): give another --to, or --single-target",
            ExitCode.USAGE,
        )


def defect_of(copy: Copy, keys: BackupKeys) -> str | None:
    """Return what is wrong with `copy` after reading all of it, or `None`."""
    identity = keys.identity()
    try:
        for part in copy.manifest.parts:
            check_part(copy.folder, part)
            if identity is not None:
                open_part(copy.folder, part, identity, lambda _: None)
    except CopyDefectError as error:
        return str(error)
    except OSError as error:
        return f"{error.filename or copy.folder}: {error.strerror}"
    return None


def bar(what: str) -> Progress:
    """Return a bar that counts documents; nothing where nobody looks."""
    return Progress(
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _made(settings: SystemSettings, targets: Sequence[Path]) -> Outcome:
    with Stores(settings.mongodb, settings.namespace) as stores:
        total = sum(map(stores.count, (*stores.store_places(), *stores.vault_places())))
    with bar("documents") as progress:
        task = progress.add_task("", total=total)
        return make_backup(
            settings,
            targets,
            lambda part, count: progress.update(task, advance=count, description=part),
        )


def _pruned(targets: Sequence[Path], settings: SystemSettings) -> bool:
    removed = remove_expired(targets, BackupKeys(settings.secrets_dir), settings.clock().now())
    for copy in removed:
        console.print(f"expired and removed: {copy.folder}", markup=False)
    return bool(removed)


def _row(copy: Copy, now: datetime) -> list[str]:
    manifest = copy.manifest
    return [
        manifest.id,
        manifest.kind,
        str(copy.target),
        f"{manifest.started_at:%Y-%m-%d %H:%M:%S}",
        str(sum(part.documents for part in manifest.parts)),
        f"{manifest.size / MEGABYTE:.2f}",
        f"{manifest.expires_at:%Y-%m-%d %H:%M}",
        "[red]overdue[/]" if copy.overdue(now) else "",
    ]
