"""`republish`, `sweep`, `dlq`: what a running system is asked to do again, or now."""

from typing import Annotated, Any

import typer
from rich.table import Table

from deploy.cli.client import Operator
from deploy.cli.failures import CommandError, ExitCode, console, told
from deploy.cli.up import DataOption, settings_for
from shared.topics import SERVICES

LONG_SECONDS = 3600.0

dlq = typer.Typer(no_args_is_help=True, help="List or replay what could not be processed.")

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


@dlq.command("list")
def dlq_list(service: ServiceArgument, data: DataOption = None) -> None:
    """List the dead letters of a service, without their content."""
    with told():
        from deploy.cli.dead_letters import show  # noqa: PLC0415 - other commands stay quick

        show(settings_for(data), checked(service))


@dlq.command("replay")
def dlq_replay(
    service: ServiceArgument,
    places: Annotated[
        list[str] | None, typer.Argument(help="Places as `dlq list` shows them; none means all.")
    ] = None,
    data: DataOption = None,
) -> None:
    """Send dead letters of a service to the topics they came from; they stay in the list."""
    with told():
        from deploy.cli.dead_letters import replay  # noqa: PLC0415 - as above

        replay(settings_for(data), checked(service), places or ())
