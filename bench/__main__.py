"""`python -m bench`: takes every measurement and prints what it found beside its goal."""

import asyncio
import tempfile
from collections.abc import Sequence
from cProfile import Profile
from pathlib import Path
from pstats import Stats
from typing import Annotated

import typer
import uvloop

from bench import report
from bench.measurements import MEASUREMENTS
from bench.rows import Row
from bench.stage import Stage, engines

SEED = 20_260_101


def main(
    only: Annotated[
        list[str] | None, typer.Option(help="Take this measurement; may be repeated.")
    ] = None,
    profile: Annotated[
        str | None, typer.Option(help="Take this measurement and show where its time goes.")
    ] = None,
    json: Annotated[Path | None, typer.Option(help="Write the findings to this file too.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write them as a page's table too.")] = None,
    seed: Annotated[int, typer.Option(help="What the invented facts are made from.")] = SEED,
    *,
    quick: Annotated[bool, typer.Option("--quick", help="Go through everything, small.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Grow the history to a million.")] = False,
) -> None:
    """Measure, beside the bare library or a peer.

    The engines of MONGODB_URI and KAFKA_BOOTSTRAP_SERVERS are used where they are set.
    """
    names = [profile] if profile else only or list(MEASUREMENTS)
    for name in names:
        if name not in MEASUREMENTS:
            raise typer.BadParameter(f"{name}: one of {', '.join(MEASUREMENTS)}")
    profiler = Profile() if profile else None
    screen = report.console()
    findings: dict[str, Sequence[Row]] = {}
    with (
        tempfile.TemporaryDirectory(prefix="carionexiq-bench-") as folder,
        engines(Path(folder)) as running,
    ):
        stage = Stage(running, seed=seed, quick=quick, full=full, profile=profiler)
        screen.print(f"seed {seed} · {report.machine()}")
        for name in names:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                findings[name] = runner.run(MEASUREMENTS[name](stage))
            report.show(screen, name, findings[name])
    if profiler is not None:
        report.show_profile(screen, Stats(profiler))
    if markdown is not None:
        markdown.write_text(report.as_markdown(findings), encoding="utf-8")
    if json is not None:
        json.write_text(report.as_json(seed, findings), encoding="utf-8")


if __name__ == "__main__":
    app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)
    app.command()(main)
    app()
