"""`topics`: how topics are laid out, and giving one more partitions."""

import asyncio
from typing import Annotated, Final

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from deploy.cli.engines import engines, require_stopped
from deploy.cli.failures import CommandError, ExitCode, console, told
from deploy.cli.operate import ServiceArgument, checked
from deploy.cli.up import DataOption, settings_for
from shared.topic_growth import CannotShrinkError, TopicLayout, grow, layout_of
from shared.topics import SERVICES, dead_letter_topic, events_topic

topics = typer.Typer(no_args_is_help=True, help="List topics, or give one more partitions.")

NAMES: Final = [name for s in SERVICES for name in (events_topic(s), dead_letter_topic(s))]


@topics.command("list")
def list_(data: DataOption = None) -> None:
    """List every topic with its partitions, as they are and as they are meant to be."""
    with told():
        settings = settings_for(data).as_seen_by_services()
        table = Table("topic", "partitions", "configured", "key", "retention", "")
        for one in asyncio.run(layout_of(settings, NAMES)):
            actual = "-" if one.actual is None else str(one.actual)
            key = "person" if one.topic.endswith(".events") else "none"
            table.add_row(one.topic, actual, str(one.configured), key, "unlimited", _remark(one))
        console.print(table)


@topics.command("grow")
def grow_(
    service: ServiceArgument,
    partitions: Annotated[int, typer.Option(min=1, max=1000, help="How many it is to have.")],
    data: DataOption = None,
) -> None:
    """Make the topic of a service anew with more partitions, filled from its store.

    Nothing may run meanwhile; embedded engines are started for it. Interrupted, it is begun again.
    """
    with told():
        settings = settings_for(data)
        require_stopped(settings)
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with engines(settings), Progress(*columns, console=console) as progress:
            task = progress.add_task("looking at the topic", total=None)
            try:
                commits = asyncio.run(
                    grow(
                        settings.as_seen_by_services(),
                        checked(service),
                        partitions,
                        lambda step: progress.update(task, description=step),
                    )
                )
            except CannotShrinkError as error:
                raise CommandError(f"{error}: a topic never gets fewer", ExitCode.USAGE) from error
        console.print(
            f"{events_topic(service)} has {partitions} partitions; {commits} commits are published "
            "when the services start again.\nKeep it so: CARIONEXIQ_PARTITIONS_BY_TOPIC="
            f"'{{\"{events_topic(service)}\": {partitions}}}'",
            markup=False,
        )


def _remark(layout: TopicLayout) -> str:
    if layout.actual is None:
        return "made at the next start"
    if layout.actual < layout.configured:
        return "carionexiq topics grow"
    return "" if layout.actual == layout.configured else "configure it so: it never gets fewer"
