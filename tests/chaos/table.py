"""What a run found, as a table for people."""

from collections import defaultdict
from statistics import median

from rich.console import Console
from rich.table import Table

from tests.chaos.checker import Rule
from tests.chaos.faults import Kind
from tests.chaos.injector import Struck
from tests.chaos.run import Result


def print_result(result: Result, console: Console) -> None:
    """Print faults and rules, each with the violations, and the seed."""
    console.print(_faults(result))
    console.print(_rules(result))
    console.print(", ".join(f"{name} {figure}" for name, figure in result.figures.items()))
    console.print(f"seed {result.seed}: {len(result.violations)} violations")


def _faults(result: Result) -> Table:
    table = Table("fault", "target", title="Faults")
    for heading in ("count", "missed", "back after (median)", "(longest)", "violations in rounds"):
        table.add_column(heading, justify="right")
    struck: dict[tuple[Kind, str], list[Struck]] = defaultdict(list)
    blamed: dict[tuple[Kind, str], int] = defaultdict(int)
    for one in result.rounds:
        for over in one.struck:
            struck[over.fault.kind, over.fault.target].append(over)
        for place in {(over.fault.kind, over.fault.target) for over in one.struck}:
            blamed[place] += len(one.violations)
    for place in sorted(struck):
        table.add_row(*place, *_row(struck[place]), str(blamed[place]))
    everything = [over for overs in struck.values() for over in overs]
    table.add_section()
    table.add_row("all", "", *_row(everything), str(len(result.violations)))
    return table


def _row(struck: list[Struck]) -> list[str]:
    recoveries = [over.recovery for over in struck if over.recovery is not None and not over.missed]
    never = sum(over.recovery is None for over in struck)
    return [
        str(len(struck)),
        str(sum(over.missed for over in struck)),
        f"{median(recoveries):.1f} s" if recoveries else "",
        f"{max(recoveries):.1f} s" if recoveries and not never else f"never: {never}" * bool(never),
    ]


def _rules(result: Result) -> Table:
    table = Table("rule", title="Rules")
    table.add_column("violations", justify="right")
    found = [violation.rule for violation in result.violations]
    for rule in Rule:
        table.add_row(rule, str(found.count(rule)))
    return table
