"""`keys`: the key-encryption keys, what is wrapped under them, and rotating them."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Annotated, Final

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from deploy.cli.client import Operator
from deploy.cli.failures import CommandError, ExitCode, console, told
from deploy.cli.secrets import prepare_keys
from deploy.cli.settings import SystemSettings
from deploy.cli.up import DataOption, settings_for
from shared.database import MongoClient, PyMongoError
from shared.settings import KeyProvider
from shared.vault import KeysUnavailableError
from shared.vault.compartments import KEY_NAMES
from shared.vault.providers import all_keys
from shared.vault.rotation import KeyRotation, KeyVersion, Rotated
from shared.vault.wrapping import KeyEncryptionKeys, RotationRunningError

PATH: Final = "/key-rotations"

keys = typer.Typer(no_args_is_help=True, help="List or rotate the key-encryption keys.")


@keys.command("list")
def list_(data: DataOption = None) -> None:
    """List every version of each key, and how many data keys are wrapped under it."""
    with told():
        found, unopenable = asyncio.run(_listed(settings_for(data)))
        table = Table("key", "version", "data keys", "")
        for one in found:
            state = "current" if one.current else "retiring"
            table.add_row(one.name, _short(one.version), str(one.data_keys), state)
        console.print(table)
        for name in dict.fromkeys(one.name for one in found if not one.current):
            console.print(f"{name}: a rotation is not finished: carionexiq keys rotate {name}")
        if unopenable:
            console.print(f"{unopenable} data keys are wrapped under versions that are no more")


@keys.command("rotate")
def rotate(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CATEGORY]...", help="Categories, or keys as listed."),
    ] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Every key.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: DataOption = None,
) -> None:
    """Make a new version of keys, wrap all data keys anew, and destroy the old version.

    The system runs on meanwhile. Interrupted, the command goes on where it stopped when it is run
    again. What old files and backups hold of wrapped data keys can no longer be opened afterwards.
    """
    with told():
        settings = settings_for(data)
        wanted = _wanted(names or [], everything=everything)
        question = "Backups of the vault made until now can then no longer be opened. Go on?"
        if not yes and not typer.confirm(question):
            raise CommandError("nothing was changed")
        with Operator(settings) as operator:
            # A rotation is put on record, so nothing is begun while nobody could.
            operator.ask("GET", "retention", PATH)
            asyncio.run(_rotate(settings, wanted, operator))


@keys.command("prepare")
def prepare(data: DataOption = None) -> None:
    """Create the keys and keyrings that are missing, as `up` does."""
    with told():
        settings = settings_for(data)
        asyncio.run(_prepare(settings))
        console.print(f"{len(KEY_NAMES)} keys are there ({settings.key_provider})")


async def _prepare(settings: SystemSettings) -> None:
    with _reachable():
        await prepare_keys(settings)


async def _listed(settings: SystemSettings) -> tuple[list[KeyVersion], int]:
    async with _rotation(settings) as (rotation, _):
        return await rotation.versions(), await rotation.unopenable()


async def _rotate(settings: SystemSettings, names: Iterable[str], operator: Operator) -> None:
    async with _rotation(settings) as (rotation, provider):
        with provider.alone():
            for name in names:
                begun = await rotation.begin(name)
                done = await _rewrapped(rotation, begun)
                data_keys = await rotation.wrapped_under(name, done.version)
                version = _short(done.version)
                record = {"key": name, "version": version, "data_keys": data_keys}
                await asyncio.to_thread(operator.ask, "POST", "retention", PATH, record)
                done = await rotation.retire(done)
                console.print(_outcome(done, settings.key_provider))


async def _rewrapped(rotation: KeyRotation, begun: Rotated) -> Rotated:
    columns = (TextColumn(begun.name), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(begun.name, total=await rotation.left(begun))
        return await rotation.rewrap(begun, lambda changed: bar.advance(task, changed))


def _outcome(done: Rotated, provider: KeyProvider) -> str:
    ends = ", ".join(map(_short, done.old))
    what = f"{done.name}: {done.rewrapped} data keys now under version {_short(done.version)}"
    match provider:
        case KeyProvider.FILE:
            return f"{what}; version {ends} is destroyed"
        case KeyProvider.AWS_KMS:
            return f"{what}; version {ends} is disabled and waits for its deletion"
        case KeyProvider.ENVIRONMENT:
            return f"{what}; take version {ends} out of CARIONEXIQ_KEYRING everywhere"


def _short(version: str) -> str:
    """Return the last part of a version: a number, or the id of a key in KMS."""
    return version.rpartition("/")[2]


def _wanted(names: list[str], *, everything: bool) -> list[str]:
    if everything:
        return sorted(KEY_NAMES)
    if not names:
        raise CommandError("name the categories to rotate, or --all", ExitCode.USAGE)
    wanted = []
    for given in names:
        found = [name for name, category in KEY_NAMES.items() if given in {name, str(category)}]
        if not found:
            raise CommandError(f"no key {given}: {', '.join(KEY_NAMES)}", ExitCode.USAGE)
        wanted += found
    return list(dict.fromkeys(wanted))


@contextmanager
def _reachable() -> Iterator[None]:
    """Tell what is away in one line."""
    try:
        yield
    except (KeysUnavailableError, RotationRunningError) as error:
        raise CommandError(str(error)) from error
    except PyMongoError as error:
        raise CommandError(f"MongoDB: {type(error).__name__}") from error


@asynccontextmanager
async def _rotation(
    settings: SystemSettings,
) -> AsyncIterator[tuple[KeyRotation, KeyEncryptionKeys]]:
    client = MongoClient(settings.mongodb, settings.namespace)
    provider = all_keys(settings)
    try:
        with _reachable():
            yield KeyRotation(client.database("vault"), provider), provider
    finally:
        client.close()
        provider.close()
