"""The report as one self-contained page: no script, charts drawn here, every figure in a table."""

from dataclasses import dataclass
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from deploy.demo.report.charts import Stack, stacked
from deploy.demo.report.model import Report

NARROW_NO_BREAK_SPACE: Final = "\u202f"
SECONDS_PER_HOUR: Final = 3600

_environment = Environment(
    loader=PackageLoader("deploy.demo.report"), autoescape=True, undefined=StrictUndefined
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the large figures at the top."""

    name: str
    value: str
    note: str
    good: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart with its words and the field of its table."""

    title: str
    text: str
    field: str
    stack: Stack


def render(report: Report) -> str:
    """Return the page."""
    css = (_environment.loader or PackageLoader("deploy.demo.report")).get_source(
        _environment, "report.css"
    )[0]
    categories = sorted({category for year in report.years for category in year.categories})
    return _environment.get_template("report.html").render(
        r=report,
        css=Markup(css),  # noqa: S704 - our own file
        figures=_figures(report),
        charts=_charts(report),
        categories=categories,
        names={category: category.replace("_", " ") for category in categories},
        number=grouped,
    )


def grouped(value: int) -> str:
    """Return a number with its thousands set apart."""
    return f"{value:,}".replace(",", NARROW_NO_BREAK_SPACE)


def duration(seconds: int) -> str:
    """Return a duration in hours and minutes."""
    hours, rest = divmod(seconds, SECONDS_PER_HOUR)
    return f"{hours} h {rest // 60:02d} min"


def _figures(report: Report) -> list[Figure]:
    sweep = report.parameters.sweep_interval_seconds
    return [
        Figure(
            "Longest overrun past a term",
            duration(report.late_max_seconds),
            f"one sweep is {duration(sweep)}",
            report.late_max_seconds <= sweep,
        ),
        Figure(
            "Destroyed before a legal minimum",
            grouped(report.destroyed_before_minimum),
            "invoices and payments stay ten years",
            report.destroyed_before_minimum == 0,
        ),
        Figure(
            "Forgotten values still readable",
            grouped(report.readable_canaries),
            f"of {grouped(report.canaries.forgotten)} searched for in every byte",
            report.readable_canaries == 0,
        ),
        Figure(
            "Erasures certified",
            grouped(report.cases.certified),
            f"of {grouped(report.cases.ordered)} ordered, {report.cases.waiting} in their delay",
            report.cases.certified + report.cases.waiting == report.cases.ordered,
        ),
    ]


def _charts(report: Report) -> list[Chart]:
    return [
        Chart(
            "Held at the end of each year",
            "Objects that somebody could still read on 31 December.",
            "held_at_end",
            stacked(report.years, "held_at_end"),
        ),
        Chart(
            "Forgotten in each year",
            "Objects whose key was destroyed: what it sealed is unreadable everywhere since.",
            "forgotten",
            stacked(report.years, "forgotten"),
        ),
    ]
