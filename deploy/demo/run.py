"""`carionexiq demo`: years of the platform's life, and the report on what was forgotten."""

import asyncio
import logging
import shutil
import tempfile
import time
from datetime import UTC, timedelta
from pathlib import Path
from typing import Final

from aiokafka.errors import KafkaError
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from deploy.demo.drive import years
from deploy.demo.drive.errors import DemoFailedError
from deploy.demo.drive.system import DemoSystem
from deploy.demo.drive.timeline import DESTRUCTION_DELAY, SWEEP_INTERVAL
from deploy.demo.evidence import gather_evidence
from deploy.demo.lives.generate import Cast, generate
from deploy.demo.lives.session_days import PARIS, START
from deploy.demo.report.build import build_report
from deploy.demo.report.model import Parameters, Report
from deploy.demo.report.page import render
from deploy.demo.report.terminal import show
from shared.database import PyMongoError
from shared.engines import EngineError

KEPT: Final = 0
BROKEN: Final = 1
FAILED: Final = 2
MEGABYTE: Final = 1_048_576


def demo(learners: int, years: int, seed: int, report: Path) -> int:
    """Run a demonstration and write `report.html` and `report.json` to the folder `report`.

    Args:
        learners: how many learners live; prospects come on top.
        years: how many years pass.
        seed: decides everything that varies; the same seed gives the same report.
        report: folder for the two files, created when missing.

    Returns:
        0 when every promise was kept, 1 when one was broken, 2 when the platform failed.
    """
    console = Console()
    # Its clients report every lost connection, also when the engines are stopped on purpose.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    data_dir = Path(tempfile.mkdtemp(prefix="carionexiq-demo-"))
    try:
        outcome = asyncio.run(_demonstrate(learners, years, seed, data_dir, console))
    except (DemoFailedError, EngineError, KafkaError, PyMongoError) as error:
        console.print(f"[bold red]The demonstration stopped:[/] {_line(error)}", soft_wrap=True)
        console.print(f"Its data and logs are in {data_dir}", soft_wrap=True)
        return FAILED
    except BaseException:
        shutil.rmtree(data_dir, ignore_errors=True)
        raise
    write(outcome, report)
    show(outcome, console)
    console.print(f"Report: {report / 'report.html'}", soft_wrap=True)
    shutil.rmtree(data_dir)
    return KEPT if outcome.passed else BROKEN


def write(report: Report, folder: Path) -> None:
    """Write the two files of a report."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(report.model_dump_json(indent=2) + "\n")
    (folder / "report.html").write_text(render(report))


def parameters_of(cast: Cast, learners: int, years: int, seed: int) -> Parameters:
    """Return what the run was asked for."""
    return Parameters(
        learners=learners,
        years=years,
        seed=seed,
        begins=START,
        ends=cast.end.astimezone(PARIS),
        sweep_interval_seconds=round(SWEEP_INTERVAL / timedelta(seconds=1)),
        destruction_delay_seconds=round(DESTRUCTION_DELAY / timedelta(seconds=1)),
    )


async def _demonstrate(
    learners: int, how_many_years: int, seed: int, data_dir: Path, console: Console
) -> Report:
    cast = generate(learners, how_many_years, seed)
    began = time.monotonic()
    with _progress(console) as bar:
        task = bar.add_task("starting the engines", total=1.0, detail="")

        def tell_start(name: str, message: str) -> None:
            bar.update(task, description=f"{name}: {message}")

        told = START.year

        def tell(progress: years.Progress) -> None:
            nonlocal told
            detail = (
                f"{progress.people} learners, {progress.certified} erasures, "
                f"{progress.events} events"
            )
            bar.update(
                task,
                completed=progress.share,
                description=f"{progress.now:%d %b %Y}",
                detail=detail,
            )
            if not console.is_terminal and progress.now.year > told:
                # A log has no moving bar: one line a year.
                told = progress.now.year
                console.print(f"{told}: {detail}", soft_wrap=True)

        system = DemoSystem(data_dir, start=START.astimezone(UTC), report=tell_start)
        async with system:
            lived = await years.Years(system, cast, tell).live()
            bar.update(task, description="searching everything stored", detail="")
            evidence = await gather_evidence(system, lived)
        dead_letters = sum(system.settler.dead_letters.values())
        parameters = parameters_of(cast, learners, how_many_years, seed)
        report, _ = build_report(cast, parameters, lived, evidence, dead_letters)
    console.print(
        f"{evidence.bytes_read / MEGABYTE:.0f} MB searched; {time.monotonic() - began:.0f} s in all"
    )
    return report


def _line(error: Exception) -> str:
    """Return what went wrong as one line."""
    text = str(error).splitlines()[0] if str(error) else ""
    ours = isinstance(error, DemoFailedError | EngineError)
    return text if ours else f"{type(error).__name__}: {text}"


def _progress(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[detail]}"),
        TimeElapsedColumn(),
        console=console,
    )
