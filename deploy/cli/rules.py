"""`rules`: what the retention rules say, and what others would change."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.table import Table

from deploy.cli.client import Operator
from deploy.cli.failures import ExitCode, console, errors, told
from deploy.cli.operate import LONG_SECONDS
from deploy.cli.progress import counting
from deploy.cli.up import DataOption, settings_for

POLICY: Final = Path(__file__).parents[2] / "services/retention/policy"

rules = typer.Typer(no_args_is_help=True, help="Look into the retention rules.")


EFFECTS: Final = {
    "at_once": "at once",
    "earlier": "earlier",
    "later": "later",
    "no_longer_dated": "on a day not known yet",
    "otherwise": "the same day, in another way",
    "alarm": "nobody knows when: an alarm",
    "no_longer_alarm": "on a known day, no longer an alarm",
}
"""What the trial calls the ways in which an end changes, in words."""

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

    with told(), _mistakes_told():
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

    with told(), _mistakes_told():
        difference.diff(old or POLICY, new, console)


@rules.command("try")
def try_(new: RuleSetArgument, data: DataOption = None) -> None:
    """Tell what a rule set would change for the people there are; nothing is changed."""
    from deploy.simulation.run import load  # noqa: PLC0415

    with told(), _mistakes_told(), Operator(settings_for(data), timeout=LONG_SECONDS) as operator:
        candidate = load(new)
        file = max(new.glob("*.yaml")) if new.is_dir() else new
        body = {"text": file.read_text(encoding="utf-8"), "name": file.name}
        figures: dict[tuple[str, str], dict[str, Any]] = {}
        persons, changed, in_force = 0, 0, ""
        with counting("persons", console) as bar:
            task = bar.add_task("persons", total=None)
            after: str | None = ""
            while after is not None:
                path = f"/rules/trial?after={after}"
                page: dict[str, Any] = operator.ask("POST", "retention", path, body)
                in_force = page["in_force"]
                persons += page["persons"]
                changed += page["changed_persons"]
                for figure in page["figures"]:
                    _add(figures, figure)
                bar.update(task, completed=persons, total=page["total"])
                after = page["after"]
        console.print(
            f"{in_force} -> {candidate.version}: {changed} of {persons} persons would see a change"
        )
        if figures:
            console.print(_table(figures))


def _add(figures: dict[tuple[str, str], dict[str, Any]], figure: dict[str, Any]) -> None:
    """Add the figures of one page to those of the others."""
    key = figure["category"], figure["effect"]
    known = figures.get(key)
    if known is None:
        figures[key] = dict(figure)
        return
    known["objects"] += figure["objects"]
    known["persons"] += figure["persons"]
    known["furthest_days"] = max(known["furthest_days"], figure["furthest_days"])


def _table(figures: dict[tuple[str, str], dict[str, Any]]) -> Table:
    table = Table("category", "would go", "objects", "persons", "by up to", "for example")
    for (category, effect), figure in sorted(figures.items()):
        table.add_row(
            category,
            EFFECTS[effect],
            str(figure["objects"]),
            str(figure["persons"]),
            f"{figure['furthest_days']} days",
            ", ".join(figure["examples"]),
        )
    return table


@contextmanager
def _mistakes_told() -> Iterator[None]:
    """End with the mistakes of a rule set or a life, a line each."""
    from deploy.rules.life_file import LifeFileError  # noqa: PLC0415
    from services.retention.domain.errors import RuleSetError  # noqa: PLC0415

    try:
        yield
    except (LifeFileError, RuleSetError) as error:
        errors.print(str(error), markup=False)
        raise typer.Exit(ExitCode.USAGE) from error
