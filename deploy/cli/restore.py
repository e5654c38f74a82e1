"""`restore`: a backup brought back, with what was forgotten since forgotten again."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from deploy.backup.choose import (
    NEWEST,
    Choice,
    choose_copy,
    newest_ledger,
    require_known,
)
from deploy.backup.refusals import RestoreRefusedError
from deploy.backup.restore import restore as carry_out
from deploy.cli.backup import chosen
from deploy.cli.engines import engines, require_stopped
from deploy.cli.failures import CommandError, ExitCode, console, told
from deploy.cli.settings import SystemSettings
from deploy.cli.up import DataOption, settings_for
from shared.engines import RunFile
from shared.stores import StoreError, Stores


def restore(
    backup: Annotated[
        str | None, typer.Argument(help="Id as `backup list` shows it, or `newest`.")
    ] = None,
    sites: Annotated[
        list[Path] | None,
        typer.Option("--from", help="Folder of one site, given again for each (else setting's)."),
    ] = None,
    data: DataOption = None,
    *,
    in_place: Annotated[
        bool, typer.Option("--in-place", help="Stores were put back by other means: take them.")
    ] = False,
    keep_keys: Annotated[
        bool | None,
        typer.Option(
            "--keep-keys/--old-keys",
            help="The live key store, or a copy; else the live one where there is one.",
        ),
    ] = None,
    keys: Annotated[
        str, typer.Option("--keys", help="Which copy of the key store, where one is taken.")
    ] = NEWEST,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Bring a backup back, apply the erasure ledger, and have topics and read models made again.

    Nothing may run; embedded engines are started for it. The ledger is always the newest one, of
    this machine or of a site. Until it has been applied no service starts. Interrupted, it is run
    again. What was recorded after the backup is lost; messages that may have been sent since then
    are put aside (`carionexiq messages aside`).
    """
    with told():
        if (backup is None) != in_place:
            raise CommandError("name a backup, or give --in-place", ExitCode.USAGE)
        settings = settings_for(data)
        targets = chosen(settings, sites) if sites or settings.backup_targets or backup else []
        if RunFile(settings.data_dir.absolute()).live() is not None:
            raise CommandError("the system runs: `carionexiq down` first", ExitCode.WRONG_STATE)
        require_stopped(settings)
        try:
            with engines(settings):
                choice = _choice(settings, targets, backup, keep_keys=keep_keys, keys=keys)
                _confirm(choice, yes=yes)
                columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
                with Progress(*columns, console=console) as progress:
                    task = progress.add_task("the restore begins", total=None)
                    done = carry_out(
                        settings, choice, lambda step: progress.update(task, description=step)
                    )
        except RestoreRefusedError as error:
            raise CommandError(str(error), ExitCode.WRONG_STATE) from error
        except StoreError as error:
            raise CommandError(
                f"the stores do not take it ({type(error).__name__}): run the restore again"
            ) from error
        console.print(
            f"{done.documents} documents restored; {done.revived} keys that had come back are "
            f"destroyed again; {done.commits} commits are published at the next start.\n"
            "Read models are made again then: `carionexiq up`, and `carionexiq ledger verify`."
        )


def _choice(
    settings: SystemSettings,
    targets: list[Path],
    backup: str | None,
    *,
    keep_keys: bool | None,
    keys: str,
) -> Choice:
    """Return what is to be restored, checked through before anything is touched.

    Raises:
        RestoreRefusedError: it cannot be.
    """
    ledger = newest_ledger(settings, targets)
    with Stores(settings.mongodb, settings.namespace) as stores:
        live = any(stores.count(place) for place in stores.vault_places())
        require_known(ledger, stores.ledger_mark(), "the vault")
    if backup is None:
        return Choice(None, None, ledger)
    copy = choose_copy("stores", backup, targets, settings)
    require_known(ledger, copy.manifest.ledger, f"the copy {copy.manifest.id}")
    if keep_keys and not live:
        raise RestoreRefusedError(
            "there is no live key store to keep: leave --keep-keys away, and a copy is taken"
        )
    key_copy = None
    if not (live if keep_keys is None else keep_keys):
        key_copy = choose_copy("keys", keys, targets, settings)
        require_known(ledger, key_copy.manifest.ledger, f"the copy {key_copy.manifest.id}")
        if key_copy.manifest.started_at < copy.manifest.started_at:
            raise RestoreRefusedError(
                f"the key store {key_copy.manifest.id} is older than the stores: some of what is "
                "restored could not be opened. Take a later one with --keys, or --keep-keys"
            )
    return Choice(copy, key_copy, ledger)


def _confirm(choice: Choice, *, yes: bool) -> None:
    if choice.stores is None:
        what = "Take the stores as they are"
    else:
        what = f"Replace the stores by those of {choice.stores.manifest.started_at:%Y-%m-%d %H:%M}"
    held = "stays" if choice.keys is None else f"is replaced by that of {choice.keys.manifest.id}"
    console.print(f"{what}: everything recorded since then is lost. The key store {held}.")
    if not yes and not typer.confirm("Go on?"):
        raise CommandError("nothing was restored")
