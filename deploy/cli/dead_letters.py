"""`dlq`: what could not be processed, listed, shown, replayed, discarded; each act recorded."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.table import Column, Table

from deploy.cli.client import Operator, problem
from deploy.cli.failures import CommandError, console, errors, told
from deploy.cli.operate import ServiceArgument, checked
from deploy.cli.up import DataOption, settings_for
from shared.consuming.dead_letter_queue import DeadLetterContent, DeadLetterPage
from shared.consuming.dead_letter_state import DeadLetter

PATH: Final = "/ops/dead-letters"
ID_WIDTH: Final = 36
"""An id is there to be copied, however narrow the terminal."""

dlq = typer.Typer(
    no_args_is_help=True, help="List, show, replay or discard what could not be processed."
)

LettersArgument = Annotated[
    list[str] | None, typer.Argument(help="Ids as `dlq list` shows them; none means all waiting.")
]
ReasonOption = Annotated[str, typer.Option(help="Why; recorded with who and when.")]
AgainOption = Annotated[bool, typer.Option(help="Also what was replayed or discarded before.")]


@dlq.command("list")
def list_(
    service: ServiceArgument,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Also settled ones.")] = False,
    data: DataOption = None,
) -> None:
    """List the dead letters of a service, the latest first, without their content."""
    with told(), _operator(service, data) as operator:
        whole = Column("id", no_wrap=True, min_width=ID_WIDTH)
        table = Table(whole, "kept", "type", "from", "tries", "consumer", "reason", "state")
        for letter in _letters(operator, service, waiting=not everything):
            table.add_row(
                letter.id,
                f"{letter.kept_at:%Y-%m-%d %H:%M}",
                letter.event_type or "?",
                letter.origin,
                str(letter.tries),
                letter.consumer,
                letter.reason,
                letter.state,
            )
        console.print(table if table.rows else f"no dead letters of {service}")


@dlq.command("show")
def show(
    service: ServiceArgument,
    letter: Annotated[str, typer.Argument(help="Id as `dlq list` shows it.")],
    reason: ReasonOption,
    data: DataOption = None,
) -> None:
    """Show the history and the content of one dead letter."""
    with told(), _operator(service, data) as operator:
        known = DeadLetter.model_validate(operator.ask("GET", service, f"{PATH}/{letter}"))
        shown = operator.ask("POST", service, f"{PATH}/{letter}/showing", {"reason": reason})
        content = DeadLetterContent.model_validate(shown)
        for attempt in known.attempts:
            console.print(f"{attempt.at:%Y-%m-%d %H:%M:%S}  {attempt.defect}", markup=False)
        for act in known.acts:
            console.print(f"{act.at:%Y-%m-%d %H:%M:%S}  {act.what}: {act.reason}", markup=False)
        console.print(f"key    {content.key}", markup=False)
        for name, value in content.headers:
            console.print(f"header {name}: {value}", markup=False)
        console.print(content.value, markup=False)


@dlq.command("replay")
def replay(
    service: ServiceArgument,
    letters: LettersArgument = None,
    reason: ReasonOption = "the cause has been mended",
    *,
    again: AgainOption = False,
    data: DataOption = None,
) -> None:
    """Send dead letters back to the topics they came from."""
    with told(), _operator(service, data) as operator:
        _settle(operator, service, "replay", letters, {"reason": reason, "again": again})


@dlq.command("discard")
def discard(
    service: ServiceArgument,
    letters: Annotated[list[str], typer.Argument(help="Ids as `dlq list` shows them.")],
    reason: ReasonOption,
    *,
    again: AgainOption = False,
    data: DataOption = None,
) -> None:
    """Put dead letters aside for good; their content stays until its term."""
    with told(), _operator(service, data) as operator:
        body = {"reason": reason, "again": again}
        _settle(operator, service, "discarding", letters, body)


def _operator(service: str, data: Path | None) -> Operator:
    checked(service)
    return Operator(settings_for(data))


def _settle(
    operator: Operator, service: str, work: str, ids: Sequence[str] | None, body: dict[str, Any]
) -> None:
    """Settle each of `ids`, or all that wait; say which could not be."""
    chosen = ids or [letter.id for letter in _letters(operator, service, waiting=True)]
    done = 0
    for letter_id in chosen:
        answer = operator.call("POST", service, f"{PATH}/{letter_id}/{work}", body)
        if answer.is_success:
            done += 1
        else:
            errors.print(f"{letter_id}: {problem(answer)}", markup=False)
    console.print(f"{done} of {len(chosen)} done")
    if done < len(chosen):
        raise CommandError(f"{len(chosen) - done} dead letters of {service} are as they were")


def _letters(operator: Operator, service: str, *, waiting: bool) -> Iterator[DeadLetter]:
    before = ""
    while True:
        query = f"?waiting={str(waiting).lower()}{before}"
        page = DeadLetterPage.model_validate(operator.ask("GET", service, PATH + query))
        yield from page.items
        if page.next is None:
            return
        before = f"&before={page.next}"
