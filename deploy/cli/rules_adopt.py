"""`rules adopt` and `rules history`: bringing a rule set into force; who did so, when, why."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from deploy.cli.client import Operator, problem
from deploy.cli.failures import CommandError, ExitCode, console, told
from deploy.cli.operate import LONG_SECONDS
from deploy.cli.rules_trial import Tried, try_on_everybody
from deploy.cli.up import DataOption, settings_for
from deploy.rules.mistakes import mistakes_told

OBSTACLES = {
    "in-force": "these rules are in force already",
    "version-taken": "this version was adopted with another text: give the changed text a version "
    "of its own",
}


def adopt(
    reason: Annotated[str, typer.Option(min=3, help="Why, for the record; never about a person.")],
    file: Annotated[
        Path | None, typer.Argument(exists=True, help="File or folder of a rule set.")
    ] = None,
    again: Annotated[
        str, typer.Option(help="Instead of a file: a version that was in force before.")
    ] = "",
    confirm: Annotated[
        int | None,
        typer.Option(min=0, help="How many objects go at once, where the trial tells of some."),
    ] = None,
    *,
    alone: Annotated[
        bool,
        typer.Option(
            "--without-second-person",
            help="An exception, recorded and shown as such: adopt the rules at once, alone.",
        ),
    ] = False,
    data: DataOption = None,
) -> None:
    """Show what a rule set would change, then ask a second person to bring it into force."""
    with told(), mistakes_told(), Operator(settings_for(data), timeout=LONG_SECONDS) as operator:
        found = _candidate(operator, file, again)
        if found["obstacle"]:
            raise CommandError(OBSTACLES[found["obstacle"]], ExitCode.FAILED)
        if found["was_in_force"]:
            console.print(f"{found['version']} was in force before: this goes back to it")
        _show_changes(found)
        tried = try_on_everybody(operator, "GET", f"/rules/versions/{found['digest']}/trial")
        tried.show()
        body = {
            "digest": found["digest"],
            "instead_of": found["in_force_digest"],
            "reason": reason,
            "confirm": _confirmed(tried, confirm),
        }
        answer = operator.call("POST", "retention", "/rules/adoptions", body)
        if not answer.is_success:
            raise CommandError(_refusal(answer.json(), problem(answer)), ExitCode.FAILED)
        if not alone:
            console.print(
                f"asked for: {found['version']} comes into force once an officer or administrator "
                "confirms it on the page `Second person`, within seven days"
            )
            return
        path = f"/proposals/{answer.json()['proposal_id']}/exception"
        answer = operator.call("POST", "retention", path)
        if not answer.is_success:
            raise CommandError(_refusal(answer.json(), problem(answer)), ExitCode.FAILED)
        console.print(
            f"{found['version']} is in force, without a second person; clocks follow in the "
            "background (`carionexiq rules history` tells how far)"
        )


def history(data: DataOption = None) -> None:
    """List who adopted which rule set when and why, the last one first."""
    with told(), Operator(settings_for(data)) as operator:
        found: dict[str, Any] = operator.ask("GET", "retention", "/rules/adoptions")
        status: dict[str, Any] = operator.ask("GET", "retention", "/status")
    table = Table("version", "since", "by", "confirmed by", "went at once", "reason")
    for one in found["items"]:
        version = f"{one['version']} (again)" if one["again"] else one["version"]
        table.add_row(
            version,
            one["adopted_at"],
            one["adopted_by"],
            one["confirmed_by"] or "nobody",
            str(one["goes_at_once"]),
            one["reason"],
        )
    console.print(table)
    if found["offered"]:
        console.print(
            f"this release brings version {found['offered']['version']}, which is not in force: "
            "`carionexiq rules adopt` it, or leave it"
        )
    if status["clocks_waiting"]:
        console.print(f"clocks still to follow: {status['clocks_waiting']} of {status['lives']}")


def _candidate(operator: Operator, file: Path | None, again: str) -> dict[str, Any]:
    from deploy.rules.rule_file import load, rule_file  # noqa: PLC0415 - others stay quick

    if (file is None) == (not again):
        raise CommandError("name a file, or with --again a version", ExitCode.USAGE)
    if file is not None:
        load(file)
        chosen = rule_file(file)
        body = {"text": chosen.read_text(encoding="utf-8"), "name": chosen.name}
        submitted: dict[str, Any] = operator.ask("POST", "retention", "/rules/versions", body)
        return submitted
    known = operator.ask("GET", "retention", "/rules/adoptions")["items"]
    digest = next((one["digest"] for one in known if one["version"] == again), None)
    if digest is None:
        raise CommandError(f"version {again} was never in force", ExitCode.USAGE)
    found: dict[str, Any] = operator.ask("GET", "retention", f"/rules/versions/{digest}")
    return found


def _show_changes(found: dict[str, Any]) -> None:
    for change in found["changes"]:
        console.print(f"{change['rule_id']}: {change['kind']}", markup=False)
        for one in change["fields"]:
            before, after = ", ".join(one["before"]) or "none", ", ".join(one["after"]) or "none"
            console.print(f"  {one['field']}: {before} -> {after}", markup=False)


def _confirmed(tried: Tried, confirm: int | None) -> int:
    """Return the number of objects that whoever adopts knows to go at once.

    Raises:
        CommandError: it was not given, or is another one.
    """
    going = tried.at_once
    if confirm is None and going and console.is_terminal:
        asked = f"{going} objects go at once, for good. Type the number to adopt these rules"
        confirm = typer.prompt(asked, type=int)
    if confirm is None and not going:
        if console.is_terminal:
            typer.confirm("Nothing goes at once. Adopt these rules?", abort=True)
        confirm = 0
    if confirm != going:
        raise CommandError(
            f"{going} objects go at once: adopt with --confirm {going} when that is meant",
            ExitCode.USAGE,
        )
    return going


def _refusal(details: dict[str, Any], title: str) -> str:
    going = details.get("goes_at_once")
    return title if going is None else f"{title} Now {going} would."
