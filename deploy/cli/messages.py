"""`messages`: what a restore put aside, since it may have been sent before; sending it or not."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from deploy.cli.client import Operator
from deploy.cli.failures import CommandError, ExitCode, console, told
from deploy.cli.up import DataOption, settings_for

PATH = "/messages/aside"

messages = typer.Typer(
    no_args_is_help=True, help="List, send or discard messages that a restore put aside."
)


@messages.command("aside")
def aside(data: DataOption = None) -> None:
    """List the messages that are not sent by themselves after a restore."""
    with told(), Operator(settings_for(data)) as operator:
        table = Table("message", "kind", "person", "since")
        for one in _all(operator):
            table.add_row(one["message_id"], one["kind"], one["subject_id"], one["since"])
        console.print(table)


MessagesArgument = Annotated[
    list[str] | None, typer.Argument(metavar="MESSAGE", help="As `messages aside` shows them.")
]
AllOption = Annotated[bool, typer.Option("--all", help="Every one of them.")]


@messages.command("release")
def release(
    ids: MessagesArgument = None, data: DataOption = None, *, everything: AllOption = False
) -> None:
    """Send messages that were put aside, those that still have a basis."""
    _decide("release", ids, data, everything=everything)


@messages.command("discard")
def discard(
    ids: MessagesArgument = None, data: DataOption = None, *, everything: AllOption = False
) -> None:
    """Settle messages that were put aside without sending them: they had been sent before."""
    _decide("discard", ids, data, everything=everything)


def _decide(what: str, ids: list[str] | None, data: Path | None, *, everything: bool) -> None:
    with told(), Operator(settings_for(data)) as operator:
        if bool(ids) == everything:
            raise CommandError("name messages, or give --all", ExitCode.USAGE)
        for message in ids or [one["message_id"] for one in _all(operator)]:
            done = operator.ask("POST", "notify", f"/messages/{message}/{what}")
            console.print(f"{message} {done['status']}", markup=False)


def _all(operator: Operator) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after: str | None = ""
    while after is not None:
        page: dict[str, Any] = operator.ask("GET", "notify", f"{PATH}?limit=200&after={after}")
        found += page["items"]
        after = page["after"]
    return found
