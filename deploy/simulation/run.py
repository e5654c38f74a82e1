"""`carionexiq simulate`: shows what a rule set would do, and how two differ."""

from pathlib import Path
from typing import Final

from rich.console import Console

from deploy.cli.progress import counting
from deploy.rules.rule_file import load
from deploy.simulation.lives import BEGIN
from deploy.simulation.parallel import forecasts
from deploy.simulation.tables import print_forecasts
from services.retention.domain.errors import RuleSetError

USAGE: Final = 2


def simulate(
    rules: Path,
    learners: int,
    years: int,
    seed: int,
    compare: Path | None = None,
    console: Console | None = None,
) -> int:
    """Print the forecast of `rules`, and its difference to `compare`; return the exit code.

    Args:
        rules: a rule set, or a folder whose latest one is taken.
        learners: how many lives are invented.
        years: how long the simulation lasts.
        seed: same seed, same lives, same forecast.
        compare: a second rule set for the same lives.
        console: where to print.
    """
    out = console or Console()
    try:
        sets = [load(rules)] + ([load(compare)] if compare else [])
    except RuleSetError as error:
        out.print(f"[red]{error}[/red]", highlight=False, soft_wrap=True)
        return USAGE
    with counting("lives", out) as progress:
        task = progress.add_task("", total=learners)
        results = forecasts(
            sets, learners, years, seed, lambda lives: progress.advance(task, lives)
        )
    out.print(
        f"{learners} lives, {years} years from {BEGIN:%Y-%m-%d}, seed {seed}, "
        f"rules {' compared with '.join(one.version for one in sets)}"
    )
    print_forecasts(out, sets, results, years)
    return 0
