"""`tokens`: the keys that sign what callers show to services, and changing them."""

from datetime import datetime
from typing import Annotated, Final

import typer
from rich.table import Table

from deploy.cli.failures import CommandError, ExitCode, console, told
from deploy.cli.up import DataOption, settings_for
from shared.tokens import KeyFile
from shared.tokens.issuers import ISSUERS
from shared.tokens.key_file import FIRST
from shared.tokens.signing_keys import SigningKey, awaited, signing

SHOWN: Final = 24
"""Characters of a key's id that are shown; enough to tell keys apart."""

tokens = typer.Typer(no_args_is_help=True, help="List or change the keys that sign tokens.")


@tokens.command("list")
def list_(data: DataOption = None) -> None:
    """List the published keys of each issuer of tokens, and which of them signs."""
    with told():
        settings = settings_for(data)
        now = settings.clock().now()
        table = Table("issuer", "key", "signs from", "")
        for issuer in ISSUERS:
            keys = KeyFile(settings.secrets_dir, issuer).read()
            signs, waits = signing(keys, now), awaited(keys, now)
            states = {signs.kid: "signs"} | ({} if waits is None else {waits.kid: "next"})
            for key in keys:
                state = states.get(key.kid, "until its tokens have expired")
                table.add_row(issuer, _short(key), _instant(key.since), state)
        console.print(table)


@tokens.command("rotate")
def rotate(
    issuers: Annotated[
        list[str] | None, typer.Argument(metavar="[ISSUER]...", help="All, if none is named.")
    ] = None,
    *,
    stolen: Annotated[
        bool, typer.Option("--stolen", help="At once: whoever has the old keys can do nothing.")
    ] = False,
    data: DataOption = None,
) -> None:
    """Let new keys sign; the system runs on and refuses nobody.

    The next key is published first and signs five minutes later; the one before stays published
    until its tokens have expired. With --stolen the old keys end at once, and requests that are
    under way may have to be sent again.
    """
    with told():
        settings = settings_for(data)
        now = settings.clock().now()
        for issuer in _known(issuers or list(ISSUERS)):
            file = KeyFile(settings.secrets_dir, issuer)
            key = file.replace(now) if stolen else file.rotate(now)
            console.print(f"{issuer}: {_short(key)} signs from {_instant(key.since)}")


def _known(issuers: list[str]) -> list[str]:
    for issuer in issuers:
        if issuer not in ISSUERS:
            raise CommandError(f"no issuer {issuer}: {', '.join(ISSUERS)}", ExitCode.USAGE)
    return issuers


def _short(key: SigningKey) -> str:
    return key.kid[:SHOWN]


def _instant(at: datetime) -> str:
    return "the beginning" if at == FIRST else f"{at:%Y-%m-%d %H:%M:%S %Z}"
