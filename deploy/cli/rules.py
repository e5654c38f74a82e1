"""`rules`: what the retention rules say, without a running system."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from deploy.cli.failures import ExitCode, console, errors, told

POLICY: Final = Path(__file__).parents[2] / "services/retention/policy"

rules = typer.Typer(no_args_is_help=True, help="Look into the retention rules.")


class Language(StrEnum):
    """Languages of the answers."""

    FR = "fr"
    EN = "en"


@rules.callback()  # without it Typer leaves out the name of an only command
def _group() -> None:
    """Look into the retention rules."""


@rules.command("explain")
def explain(
    life: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="A life as dated events, in JSON.")
    ],
    rule_set: Annotated[
        Path | None,
        typer.Option(
            "--rules", exists=True, help="Folder or file of the rule set; else that of the policy."
        ),
    ] = None,
    at: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"],
            help="The instant to look from, in Paris; else that of the last event.",
        ),
    ] = None,
    language: Annotated[Language, typer.Option(help="Of the words.")] = Language.EN,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Tell for each rule and object of a life the anchor, the phases, the end, and why."""
    from deploy.rules import explain as explaining  # noqa: PLC0415 - other commands stay quick
    from deploy.rules.life_file import LifeFileError  # noqa: PLC0415
    from services.retention.domain.errors import RuleSetError  # noqa: PLC0415

    with told():
        try:
            explaining.explain(
                life,
                rule_set or POLICY,
                at=at,
                language=language.value,
                as_json=as_json,
                console=console,
            )
        except (LifeFileError, RuleSetError) as error:
            errors.print(str(error), markup=False)
            raise typer.Exit(ExitCode.USAGE) from error
