"""`rules`: what the retention rules say, and what others would change."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from deploy.cli.client import Operator
from deploy.cli.failures import console, told
from deploy.cli.operate import LONG_SECONDS
from deploy.cli.rules_adopt import adopt, history
from deploy.cli.rules_trial import try_on_everybody
from deploy.cli.up import DataOption, settings_for
from deploy.rules.mistakes import mistakes_told

POLICY: Final = Path(__file__).parents[2] / "services/retention/policy"

rules = typer.Typer(no_args_is_help=True, help="Look into the retention rules, and change them.")

RuleSetArgument = Annotated[Path, typer.Argument(exists=True, help="File or folder of a rule set.")]


class Language(StrEnum):
    """Languages of the answers."""

    FR = "fr"
    EN = "en"


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

    with told(), mistakes_told():
        explaining.explain(
            life,
            rule_set or POLICY,
            at=at,
            language=language.value,
            as_json=as_json,
            console=console,
        )


@rules.command("diff")
def diff(
    new: RuleSetArgument,
    old: Annotated[
        Path | None, typer.Option(exists=True, help="What to compare with; else the policy's.")
    ] = None,
) -> None:
    """Tell rule by rule what differs between two rule sets, without a running system."""
    from deploy.rules import difference  # noqa: PLC0415

    with told(), mistakes_told():
        difference.diff(old or POLICY, new, console)


@rules.command("try")
def try_(new: RuleSetArgument, data: DataOption = None) -> None:
    """Tell what a rule set would change for the people there are; nothing is changed."""
    from deploy.rules.rule_file import load, rule_file  # noqa: PLC0415

    with told(), mistakes_told(), Operator(settings_for(data), timeout=LONG_SECONDS) as operator:
        load(new)
        file = rule_file(new)
        body = {"text": file.read_text(encoding="utf-8"), "name": file.name}
        try_on_everybody(operator, "POST", "/rules/trial", body).show()


rules.command("adopt")(adopt)
rules.command("history")(history)
