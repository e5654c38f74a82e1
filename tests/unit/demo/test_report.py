"""A violation that is planted makes the run fail; the page shows every figure and stands alone."""

import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from deploy.demo.report.charts import HEIGHT, stacked
from deploy.demo.report.model import Canaries, Cases, Control, Holds, Report, SealedValues
from deploy.demo.report.page import duration, grouped, render
from deploy.demo.report.promises import PROMISES
from tests.unit.demo.sample_report import DAY, checked, sample_report


@pytest.mark.promise("C2.11", "C8.4")
def test_every_invariant_holds_when_every_promise_was_kept() -> None:
    assert all(invariant.holds for invariant in checked())


@pytest.mark.promise("C2.11", "C8.4")
@pytest.mark.parametrize(
    "violation",
    [
        {"late_max_seconds": DAY + 1},
        {"destroyed_before_minimum": 1},
        {"destroyed_without_reason": 1},
        {"destroyed_out_of_time": 1},
        {"readable_canaries": 1},
        {"canaries": Canaries(planted=9, forgotten=6, living=3, living_in_plain=1)},
        {"sealed_values": SealedValues(opened_of_living=True, readable_of_forgotten=1)},
        {"sealed_values": SealedValues(opened_of_living=False, readable_of_forgotten=0)},
        {"controls": (Control(medium="logs", found=False),)},
        {"cases": Cases(ordered=2, certified=1, by_reason={}, keys_destroyed=1)},
        {"holds": Holds(placed=1, lifted=0, objects_kept=0, broken=1)},
        {"dead_letters": 1},
    ],
    ids=str,
)
def test_each_planted_violation_breaks_exactly_one_invariant(violation: dict[str, Any]) -> None:
    assert [invariant.holds for invariant in checked(**violation)].count(False) == 1


def test_the_report_survives_a_round_trip_through_json() -> None:
    report = sample_report()
    assert Report.model_validate_json(report.model_dump_json()) == report


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    page = render(sample_report())
    assert "<script" not in page
    assert not re.search(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", page)
    assert "url(" not in page


def test_the_page_shows_every_promise_every_year_and_every_figure() -> None:
    page = render(sample_report())
    for number in PROMISES:
        assert f'<th scope="row">{number}</th>' in page
    for text in ("2025", "2026", grouped(1_234), "11 h 06 min", "carionexiq demo --learners 8"):
        assert text in page


def test_the_charts_are_well_formed_and_named() -> None:
    charts = re.findall(r"<svg class=\"chart\".*?</svg>", render(sample_report()), re.DOTALL)
    assert charts
    for chart in charts:
        assert ET.fromstring(chart).attrib["aria-label"]  # noqa: S314 - our own page


def test_stacked_bars_stay_within_the_chart_and_add_up() -> None:
    stack = stacked(sample_report().years, "held_at_end")
    assert all(0 <= piece.y <= stack.floor <= HEIGHT for piece in stack.pieces)
    first_year = [piece for piece in stack.pieces if piece.x == stack.pieces[0].x]
    assert sum(piece.value for piece in first_year) == 6 * 14  # every category but staff
    assert stack.ticks[0].y == stack.floor


def test_durations_and_numbers_read_well() -> None:
    assert duration(40_000) == "11 h 06 min"
    assert grouped(12_345_678) == "12\u202f345\u202f678"
