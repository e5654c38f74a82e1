"""The forecast of a rule set: seeded, over the product's own rules, and comparable."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from deploy.rules.rule_file import load
from deploy.simulation.forecast import forecast
from deploy.simulation.lives import BEGIN, invented_lives
from deploy.simulation.parallel import AT_ONCE, forecasts
from deploy.simulation.run import simulate
from tests.unit.retention.given import POLICY


def printed(rules: Path, compare: Path | None = None) -> tuple[int, str]:
    out = io.StringIO()
    code = simulate(rules, 30, 12, 7, compare, Console(file=out, width=220, force_terminal=False))
    return code, out.getvalue()


def test_the_same_seed_gives_the_same_forecast() -> None:
    assert printed(POLICY) == printed(POLICY.parent)
    assert list(invented_lives(range(5), 4, 1)) != list(invented_lives(range(5), 4, 2))
    assert list(invented_lives(range(3, 5), 4, 1)) == list(invented_lives(range(5), 4, 1))[3:]


def test_the_forecast_is_the_same_however_many_processes_share_the_lives() -> None:
    rules, learners = load(POLICY), AT_ONCE + 20
    told: list[int] = []
    divided = forecasts([rules], learners, 4, 7, told.append)
    assert divided == [forecast(rules, invented_lives(range(learners), 4, 7), 4)]
    assert sum(told) == learners
    assert divided[0].persons == learners


def test_figures_are_read_whole_on_a_narrow_screen() -> None:
    out = io.StringIO()
    simulate(POLICY, 40, 15, 7, None, Console(file=out, width=80, force_terminal=False))
    assert "…" not in out.getvalue()
    assert all(str(BEGIN.year + year) in out.getvalue() for year in range(15))
    assert "Load of the sweep" in out.getvalue()


@pytest.mark.promise("C2.11")
def test_in_the_end_nothing_is_left_and_nothing_alarms() -> None:
    rules = load(POLICY)
    lives = invented_lives(range(30), 6, 7)
    result = forecast(rules, lives, 30)
    last = BEGIN.year + 29
    assert {c: n for (c, year), n in result.volume.items() if year == last and n} == {}
    assert result.total > 0
    assert result.alarms == 0
    at, count = result.peak
    assert at is not None
    assert count == max(result.per_sweep.values())


def test_a_longer_term_shows_as_more_held(tmp_path: Path) -> None:
    other = tmp_path / "2025-06-01.yaml"
    text = POLICY.read_text(encoding="utf-8")
    text = text.replace(
        "anchor: trace_collected, after: P6M", "anchor: trace_collected, after: P1Y"
    )
    other.write_text(text.replace('version: "2025-01-12"', 'version: "2025-06-01"'))
    code, text = printed(POLICY, other)
    assert code == 0
    rows = [line for line in text.splitlines() if "technical_traces" in line]
    assert any("+" in row for row in rows)
    rows = [line for line in text.splitlines() if "│ payment" in line]
    assert rows
    assert not any("+" in row for row in rows)


def test_a_wrong_rule_set_is_told_with_file_and_line(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("version: latest\nrules: []\n")
    code, text = printed(wrong)
    assert code == 2
    assert "wrong.yaml:1" in text
    code, text = printed(tmp_path / "absent.yaml")
    assert code == 2
