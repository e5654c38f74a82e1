"""The forecast of a rule set: seeded, over the product's own rules, and comparable."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from deploy.simulation.forecast import forecast
from deploy.simulation.lives import BEGIN, invented_lives
from deploy.simulation.run import load, simulate
from tests.unit.retention.given import POLICY


def printed(rules: Path, compare: Path | None = None) -> tuple[int, str]:
    out = io.StringIO()
    code = simulate(rules, 30, 12, 7, compare, Console(file=out, width=220, force_terminal=False))
    return code, out.getvalue()


def test_the_same_seed_gives_the_same_forecast() -> None:
    assert printed(POLICY) == printed(POLICY.parent)
    assert invented_lives(5, 4, 1) != invented_lives(5, 4, 2)


@pytest.mark.promise("C2.11")
def test_in_the_end_nothing_is_left_and_nothing_alarms() -> None:
    rules = load(POLICY)
    lives = invented_lives(30, 6, 7)
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
    row = next(line for line in text.splitlines() if "technical_traces" in line)
    assert "+" in row
    row = next(line for line in text.splitlines() if "│ payment" in line)
    assert "+" not in row


def test_a_wrong_rule_set_is_told_with_file_and_line(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("version: latest\nrules: []\n")
    code, text = printed(wrong)
    assert code == 2
    assert "wrong.yaml:1" in text
    code, text = printed(tmp_path / "absent.yaml")
    assert code == 2
