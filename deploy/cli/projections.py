"""`projections`: the read models of a running service, paused, rebuilt and verified."""

import time
from typing import Annotated, Final

import typer
from pydantic import TypeAdapter
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from deploy.cli.client import Operator
from deploy.cli.failures import CommandError, ExitCode, console, told
from deploy.cli.operate import ServiceArgument, checked
from deploy.cli.up import DataOption, settings_for
from shared.consuming.maintenance import ProjectionStatus, Work

POLL_SECONDS: Final = 0.2
STATUSES: Final = TypeAdapter(list[ProjectionStatus])

projections = typer.Typer(
    no_args_is_help=True,
    help="List, pause, resume, rebuild or verify the read models of a service.",
)
ProjectionArgument = Annotated[str, typer.Argument(help="Name of the read model.")]


@projections.command("list")
def list_(service: ServiceArgument, data: DataOption = None) -> None:
    """List the read models of a service and what is being done to them."""
    with told(), Operator(settings_for(data)) as operator:
        table = Table("read model", "folding", "work", "records", "outcome")
        for one in _listed(operator, checked(service)):
            table.add_row(
                one.name,
                "paused" if one.paused else "on",
                one.work or "",
                f"{one.done}/{one.total}" if one.work else "",
                _outcome(one),
            )
        console.print(table)


@projections.command("pause")
def pause(service: ServiceArgument, data: DataOption = None) -> None:
    """Let events wait, until `resume` or a restart of the service; read models serve on."""
    with told(), Operator(settings_for(data)) as operator:
        operator.ask("POST", checked(service), "/ops/projections/pause")
        console.print(f"{service} folds no events: `carionexiq projections resume {service}`")


@projections.command("resume")
def resume(service: ServiceArgument, data: DataOption = None) -> None:
    """Fold what has waited, and go on."""
    with told(), Operator(settings_for(data)) as operator:
        operator.ask("POST", checked(service), "/ops/projections/resume")
        console.print(f"{service} folds events again")


@projections.command("rebuild")
def rebuild(
    service: ServiceArgument, projection: ProjectionArgument, data: DataOption = None
) -> None:
    """Make one read model anew; the one in use serves on until the other has caught up."""
    with told(), Operator(settings_for(data)) as operator:
        done = _carry_out(operator, checked(service), projection, "rebuild")
        console.print(f"{projection} rebuilt from {done.done} records")


@projections.command("verify")
def verify(
    service: ServiceArgument, projection: ProjectionArgument, data: DataOption = None
) -> None:
    """Compare one read model with one made anew; exit code 1 when they differ."""
    with told(), Operator(settings_for(data)) as operator:
        done = _carry_out(operator, checked(service), projection, "verify")
        if done.comparison is None or not done.comparison.equal:
            raise CommandError(
                f"{projection} differs: {_outcome(done)}; "
                f"`carionexiq projections rebuild {service} {projection}` mends it"
            )
        console.print(f"{projection} is what its events say: {_outcome(done)}")


def _carry_out(operator: Operator, service: str, projection: str, work: Work) -> ProjectionStatus:
    names = [one.name for one in _listed(operator, service)]
    if projection not in names:
        known = ", ".join(names)
        raise CommandError(f"{service} has no read model {projection}: {known}", ExitCode.USAGE)
    operator.ask("POST", service, f"/ops/projections/{projection}/{work}")
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task(f"{work} {projection}", total=None)
        while True:
            status = next(one for one in _listed(operator, service) if one.name == projection)
            if status.work != work:
                raise CommandError(f"{service} was restarted before {projection} was done")
            bar.update(task, completed=status.done, total=status.total or None)
            if not status.running:
                break
            time.sleep(POLL_SECONDS)
    if status.failure is not None:
        raise CommandError(f"{work} of {projection} ended with {status.failure}: see the log")
    return status


def _listed(operator: Operator, service: str) -> list[ProjectionStatus]:
    return STATUSES.validate_python(operator.ask("GET", service, "/ops/projections"))


def _outcome(status: ProjectionStatus) -> str:
    if status.failure is not None:
        return f"failed: {status.failure}"
    found = status.comparison
    if status.running or found is None:
        return ""
    if found.equal:
        return f"{found.documents} documents, all equal"
    return (
        f"{found.missing} missing, {found.surplus} surplus, {found.different} different "
        f"of {found.documents}, for example {', '.join(found.examples[:3])}"
    )
