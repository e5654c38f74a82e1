"""The findings as a table for people and as JSON for programs."""

import json
import platform
from collections.abc import Mapping, Sequence
from pstats import Stats
from typing import Final

import psutil
from rich.console import Console
from rich.table import Table

from bench.rows import Row

WIDTH: Final = 132
TOP: Final = 25
MET: Final = {True: "yes", False: "no", None: ""}


def console() -> Console:
    """Return a console that is wide enough when the output goes to a file."""
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=WIDTH)


def show(screen: Console, name: str, rows: Sequence[Row]) -> None:
    """Print the rows of one measurement."""
    table = Table(title=name, title_justify="left", expand=False)
    for title in ("what", "ours", "unit", "against", "baseline", "ratio", "goal", "met"):
        right = title in {"ours", "baseline", "ratio"}
        table.add_column(title, justify="right" if right else "left")
    for row in rows:
        table.add_row(
            row.what,
            figure(row.value),
            row.unit,
            row.against,
            "" if row.baseline is None else figure(row.baseline),
            "" if row.ratio is None else f"{row.ratio:.2f} x",
            "" if row.goal is None else row.goal.text(row.unit),
            MET[row.met],
        )
    screen.print(table)


def figure(value: float) -> str:
    """Return `value` with as many digits as mean something."""
    if abs(value) >= 100:  # noqa: PLR2004 - three digits are enough
        return f"{value:,.0f}"
    return f"{value:.2f}"


def as_json(seed: int, findings: Mapping[str, Sequence[Row]]) -> str:
    """Return everything as JSON."""
    rows = [
        {
            "measurement": name,
            "what": row.what,
            "value": row.value,
            "unit": row.unit,
            "against": row.against,
            "baseline": row.baseline,
            "ratio": row.ratio,
            "goal": None if row.goal is None else row.goal.text(row.unit),
            "met": row.met,
        }
        for name, found in findings.items()
        for row in found
    ]
    return json.dumps({"seed": seed, "rows": rows}, ensure_ascii=False, indent=2)


def as_markdown(findings: Mapping[str, Sequence[Row]]) -> str:
    """Return everything as one table of a page."""
    lines = [
        "| what | ours | baseline | ratio | goal | met |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for found in findings.values():
        for row in found:
            baseline = "" if row.baseline is None else f"{row.against}: {figure(row.baseline)}"
            ratio = "" if row.ratio is None else f"{row.ratio:.2f} x"
            goal = "" if row.goal is None else row.goal.text(row.unit)
            ours = f"{figure(row.value)} {row.unit}"
            lines.append(
                f"| {row.what} | {ours} | {baseline} | {ratio} | {goal} | {MET[row.met]} |"
            )
    return "\n".join(lines) + "\n"


def machine() -> str:
    """Return what the figures were taken on."""
    memory = psutil.virtual_memory().total / 2**30
    cores = psutil.cpu_count()
    busy = psutil.getloadavg()[0]
    python = platform.python_version()
    return f"{cores} cores, {memory:.0f} GiB, load {busy:.1f}, Python {python}"


def show_profile(screen: Console, stats: Stats) -> None:
    """Print the functions that took most time by themselves."""
    table = Table(title="profile: by own time", title_justify="left")
    for title in ("share", "own s", "with callees s", "calls", "function"):
        table.add_column(title, justify="left" if title == "function" else "right")
    entries = stats.get_stats_profile().func_profiles
    total = sum(entry.tottime for entry in entries.values()) or 1.0
    for name, entry in sorted(entries.items(), key=lambda item: -item[1].tottime)[:TOP]:
        place = entry.file_name.rsplit("/", 2)[-2:]
        table.add_row(
            f"{entry.tottime / total:.0%}",
            f"{entry.tottime:.3f}",
            f"{entry.cumtime:.3f}",
            str(entry.ncalls),
            f"{'/'.join(place)}:{entry.line_number} {name}",
        )
    screen.print(table)
