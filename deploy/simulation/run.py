"""`carionexiq simulate`: shows what a rule set would do, and how two differ."""

from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Column, Table

from deploy.simulation.forecast import SWEEP, Forecast, forecast
from deploy.simulation.lives import BEGIN, invented_lives
from services.retention.domain.errors import RuleSetError
from services.retention.domain.ruleset.model import RuleSet
from services.retention.domain.ruleset.parse import parse_rule_set

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
    lives = invented_lives(learners, years, seed)
    results = [forecast(one, lives, years) for one in sets]
    out.print(
        f"{learners} lives, {years} years from {BEGIN:%Y-%m-%d}, seed {seed}, "
        f"rules {' and '.join(one.version for one in sets)}"
    )
    out.print(_volume(results, years))
    out.print(_deletions(results))
    out.print(_rules(sets, results))
    for one, result in zip(sets, results, strict=True):
        at, count = result.peak
        out.print(
            f"{one.version}: {result.total} objects go; busiest sweep "
            f"{f'{at:%Y-%m-%d %H:%M} UTC' if at else '-'} with {count} "
            f"(one sweep every {SWEEP}); alarms {result.alarms}"
        )
    return 0


def load(path: Path) -> RuleSet:
    """Read the rule set at `path`; of a folder, the latest version.

    Raises:
        RuleSetError: there is none, or it is wrong.
    """
    file = max(path.glob("*.yaml"), default=None) if path.is_dir() else path
    if file is None or not file.is_file():
        raise RuleSetError(f"{path}: no rule set")
    return parse_rule_set(file.read_text(encoding="utf-8"), file.name)


def _volume(results: list[Forecast], years: int) -> Table:
    span = range(BEGIN.year, BEGIN.year + years)
    table = Table(
        Column("category", no_wrap=True),
        *(f"’{year % 100:02d}" for year in span),
        title=f"Objects held at the end of each year from {BEGIN.year}",
        padding=(0, 0, 0, 1),
    )
    categories = sorted({category for result in results for category, _ in result.volume})
    for category in categories:
        cells = [[result.volume[category, year] for result in results] for year in span]
        table.add_row(category, *(_cell(cell) for cell in cells))
    return table


def _deletions(results: list[Forecast]) -> Table:
    months = [f"{month:02d}" for month in range(1, 13)]
    table = Table("year", *months, "all", title="Objects that go, by month")
    years = sorted({month[:4] for result in results for month in result.deletions})
    for year in years:
        cells = [[r.deletions[f"{year}-{month}"] for r in results] for month in months]
        totals = [sum(cell[i] for cell in cells) for i in range(len(results))]
        table.add_row(year, *(_cell(cell) for cell in cells), _cell(totals))
    return table


def _rules(sets: list[RuleSet], results: list[Forecast]) -> Table:
    table = Table("rule", "promises", "objects that go", title="By rule")
    for rule_id in dict.fromkeys(rule.id for one in sets for rule in one.rules):
        rule = next(r for one in sets if (r := one.rule(rule_id)) is not None)
        cell = _cell([result.by_rule[rule_id] for result in results])
        table.add_row(rule_id, ", ".join(rule.promises), cell)
    return table


def _cell(values: list[int]) -> str:
    """Return a figure, or two with their difference."""
    if len(values) == 1:
        return str(values[0] or "·")
    first, second = values
    if first == second:
        return str(first or "·")
    colour = "green" if second < first else "red"
    return f"{first} [{colour}]{second - first:+d}[/{colour}]"
