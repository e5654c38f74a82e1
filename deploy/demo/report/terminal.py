"""The report on the terminal."""

from typing import Final

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from deploy.demo.report.model import Report
from deploy.demo.report.page import duration, grouped

FIGURES_WIDTH: Final = 66
"""What the other columns take, whatever the terminal's width."""


def show(report: Report, console: Console) -> None:
    """Print what matters of `report`."""
    table = Table(title="Promises", title_justify="left", header_style="bold", box=SIMPLE)
    table.add_column("promise", no_wrap=True, min_width=7)
    table.add_column(
        "in short", no_wrap=True, overflow="ellipsis", width=max(16, console.width - FIGURES_WIDTH)
    )
    for name in ("objects", "due", "on time", "late", "held", "running"):
        table.add_column(name, justify="right", no_wrap=True, min_width=len(name))
    for promise in report.promises:
        figures = (promise.objects, promise.fell_due, promise.forgotten_on_time)
        rest = (promise.late, promise.held, promise.running)
        table.add_row(promise.promise, promise.en, *(grouped(n) for n in (*figures, *rest)))
    console.print(table)
    sent = ", ".join(f"{kind} {count}" for kind, count in report.messages.sent.items())
    console.print(f"Longest overrun past a term: {duration(report.late_max_seconds)}")
    console.print(f"Erasures certified: {report.cases.certified}; keys destroyed: ", end="")
    console.print(f"{report.cases.keys_destroyed}; holds: {report.holds.placed}")
    console.print(f"Messages sent: {sent}")
    for invariant in report.invariants:
        mark = "[green]holds [/]" if invariant.holds else "[bold red]BROKEN[/]"
        console.print(f"{mark} {invariant.name} [dim]({invariant.detail})[/]")
