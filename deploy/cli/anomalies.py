"""`anomalies`: what the traces are watched for, and how often the rules are wrong."""

from pathlib import Path
from typing import Annotated, Final

import typer

from deploy.cli.failures import ExitCode, console, errors, told

RULES: Final = Path(__file__).parents[2] / "services/identity/watch/2026-11-28.yaml"

anomalies = typer.Typer(no_args_is_help=True, help="What traces and readings are watched for.")

RulesOption = Annotated[
    Path | None,
    typer.Option(
        "--rules", exists=True, dir_okay=False, help="File of the watching rules; else our own."
    ),
]


@anomalies.callback()
def group() -> None:
    """Keep the name of the one command there is."""


@anomalies.command("rate")
def rate(
    rules: RulesOption = None,
    learners: Annotated[int, typer.Option(min=1, help="How many learners.")] = 1000,
    staff: Annotated[int, typer.Option(min=1, help="How many members of staff.")] = 40,
    days: Annotated[int, typer.Option(min=1, max=3650, help="How long.")] = 365,
    seed: Annotated[int, typer.Option(help="Same seed, same figures.")] = 7,
) -> None:
    """Print each rule's false alarms on an invented population that does nothing wrong."""
    from deploy.watch.rate import Population  # noqa: PLC0415 - other commands stay quick
    from deploy.watch.rate import rate as run  # noqa: PLC0415
    from services.identity.domain.errors import WatchRulesError  # noqa: PLC0415

    with told():
        try:
            run(rules or RULES, Population(learners, staff, days, seed), console)
        except WatchRulesError as error:
            errors.print(str(error), markup=False)
            raise typer.Exit(ExitCode.USAGE) from error
