"""The forecast on a screen: figures that fit, two rule sets side by side as figure and change."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from deploy.simulation.forecast import SWEEP, Forecast
from deploy.simulation.lives import BEGIN
from services.retention.domain.ruleset.model import RuleSet

LONG_FROM: Final = 100_000
"""Figures from here on are told in thousands or millions."""


def print_forecasts(
    console: Console, sets: Sequence[RuleSet], results: Sequence[Forecast], years: int
) -> None:
    """Print what `sets` did, `results` in their order."""
    for table in _volume(console.width, results, years):
        console.print(table)
    for table in _deletions(console.width, results):
        console.print(table)
    console.print(_rules(sets, results))
    console.print(_load(sets, results))


def _volume(width: int, results: Sequence[Forecast], years: int) -> Iterator[Table]:
    categories = sorted({category for result in results for category, _ in result.volume})
    columns = [
        (
            f"{year}",
            [_cell([result.volume[name, year] for result in results]) for name in categories],
        )
        for year in range(BEGIN.year, BEGIN.year + years)
    ]
    return _tables("Objects held at the end of each year", "category", categories, columns, width)


def _deletions(width: int, results: Sequence[Forecast]) -> Iterator[Table]:
    deletions = [result.by_month() for result in results]
    years = sorted({month[:4] for months in deletions for month in months})
    columns = []
    months = [f"{month:02d}" for month in range(1, 13)]
    for month in months:
        cells = [_cell([one[f"{year}-{month}"] for one in deletions]) for year in years]
        columns.append((month, cells))
    totals = [
        _cell([sum(one[f"{year}-{month}"] for month in months) for one in deletions])
        for year in years
    ]
    columns.append(("all", totals))
    return _tables("Objects that go, by month", "year", years, columns, width)


def _tables(
    title: str,
    heading: str,
    names: Sequence[str],
    columns: Sequence[tuple[str, list[Text]]],
    width: int,
) -> Iterator[Table]:
    """Yield as many tables as it takes for every figure to be read whole."""
    first = max(map(len, [heading, *names])) + 4
    widest = max((max(len(name), *map(len, cells)) for name, cells in columns), default=1)
    room = max(1, (width - first) // (widest + 2))
    for start in range(0, len(columns), room):
        some = columns[start : start + room]
        table = Table(
            Column(heading, no_wrap=True),
            *(Column(name, justify="right", no_wrap=True, min_width=widest) for name, _ in some),
            title=title if start == 0 else None,
            padding=(0, 0, 0, 1),
        )
        for row, name in enumerate(names):
            table.add_row(name, *(cells[row] for _, cells in some))
        yield table


def _rules(sets: Sequence[RuleSet], results: Sequence[Forecast]) -> Table:
    table = Table("rule", "promises", Column("objects that go", justify="right"), title="By rule")
    for rule_id in dict.fromkeys(rule.id for one in sets for rule in one.rules):
        rule = next(r for one in sets if (r := one.rule(rule_id)) is not None)
        cell = _cell([result.by_rule[rule_id] for result in results])
        table.add_row(rule_id, ", ".join(rule.promises), cell)
    return table


def _load(sets: Sequence[RuleSet], results: Sequence[Forecast]) -> Table:
    hours = SWEEP.total_seconds() / 3600
    table = Table(
        "rules",
        Column("objects that go", justify="right"),
        Column("half of the sweeps: at most", justify="right"),
        Column("99 in 100", justify="right"),
        "busiest sweep",
        Column("alarms", justify="right"),
        title=f"Load of the sweep, one every {hours:g} h, where there is something to do",
    )
    for rules, result in zip(sets, results, strict=True):
        at, count = result.peak
        table.add_row(
            rules.version,
            str(result.total),
            str(result.load(0.5)),
            str(result.load(0.99)),
            f"{count} at {at:%Y-%m-%d %H:%M} UTC" if at else "-",
            str(result.alarms),
        )
    return table


def _cell(values: Sequence[int]) -> Text:
    """Return a figure, or the first of two with the change to the second."""
    first, last = values[0], values[-1]
    text = Text(_figure(first) if first or last else "·")
    if first != last:
        change = last - first
        text.append(f" {'+' if change > 0 else '-'}{_figure(abs(change))}")
        text.stylize("green" if change < 0 else "red", len(_figure(first)))
    return text


def _figure(value: int) -> str:
    if value < LONG_FROM:
        return str(value)
    return f"{value / 1e6:.2f}M" if value >= 10 * LONG_FROM else f"{value // 1000}k"
