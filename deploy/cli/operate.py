"""`republish`, `sweep`: what a running system is asked to do again, or now."""

from typing import Annotated, Any

import typer
from rich.table import Table

from deploy.cli.client import Operator
from deploy.cli.failures import CommandError, ExitCode, console, told
from deploy.cli.up import DataOption, settings_for
from shared.topics import SERVICES

LONG_SECONDS = 3600.0

ServiceArgument = Annotated[str, typer.Argument(help=f"One of {', '.join(SERVICES)}.")]


def checked(service: str) -> str:
    """Return `service` when there is one of that name.

    Raises:
        CommandError: there is none.
    """
    if service not in SERVICES:
        raise CommandError(f"no service {service}: {', '.join(SERVICES)}", ExitCode.USAGE)
    return service


def republish(service: ServiceArgument, data: DataOption = None) -> None:
    """Publish every stored event of a service to Kafka again; repetitions are recognised."""
    with told(), Operator(settings_for(data), timeout=LONG_SECONDS) as operator:
        answer: dict[str, Any] = operator.ask("POST", checked(service), "/ops/republish")
        console.print(f"{answer['commits']} commits published again")


def sweep(data: DataOption = None) -> None:
    """Act on every retention clock that has run out, now."""
    with told(), Operator(settings_for(data), timeout=LONG_SECONDS) as operator:
        answer: dict[str, Any] = operator.ask("POST", "retention", "/ops/schedules/sweep")
        table = Table("figure", "value")
        for name, value in answer.items():
            table.add_row(str(name), str(value))
        console.print(table)
