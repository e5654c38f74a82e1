"""`carionexiq rules explain`: the reasoning of the very clocks that act."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.cli.failures import ExitCode
from deploy.cli.main import app
from deploy.rules.life_file import LifeFileError, read_life
from services.retention.domain.clocks import anchors
from services.retention.domain.clocks.words import ANCHORS

LIFE: dict[str, Any] = {
    "subject": "learner-1",
    "events": [
        {
            "type": "LearnerRegistered",
            "time": "2026-03-02T09:00:00+01:00",
            "data": {"language": "fr", "minor": False},
        },
        {"type": "EmailConfirmed", "time": "2026-03-02T09:05:00+01:00"},
        {
            "type": "CourseEnrolled",
            "time": "2026-03-03T09:00:00+01:00",
            "data": {
                "enrolment_id": "e-1",
                "module_id": "m-1",
                "access_until": "2029-09-30",
            },
        },
    ],
}


def _file(folder: Path, life: object) -> Path:
    path = folder / "LIFE.json"
    path.write_text(json.dumps(life))
    return path


def _run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["rules", "explain", *arguments])
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.promise("C2.1", "C2.5")
def test_a_contract_that_runs_longer_moves_the_end_and_that_is_said(tmp_path: Path) -> None:
    code, told, _ = _run(str(_file(tmp_path, LIFE)), "--json")
    assert code == ExitCode.DONE
    clock = next(one for one in json.loads(told)["clocks"] if one["rule_id"] == "civil-identity")
    # Three years after the last activity would be 2029-03-03; the contract runs until 30 September.
    assert clock["due"] == "2029-09-30T22:00:00+00:00"
    assert [(s["bound"], s["anchor"], s["decides"]) for s in clock["steps"]] == [
        ("ends", "last_activity", False),
        ("not_before", "contract_end", True),
        ("not_after", "contract_end", False),
    ]
    _, words, _ = _run(str(_file(tmp_path, LIFE)))
    assert "not before: the end of the contract (2029-10-01 00:00) = 2029-10-01 00:00 ← this" in (
        " ".join(words.split())
    )
    _, mots, _ = _run(str(_file(tmp_path, LIFE)), "--language", "fr")
    assert "3 ans après la dernière activité" in " ".join(mots.split())


def test_of_two_rules_over_the_same_data_the_earlier_one_is_named(tmp_path: Path) -> None:
    never_confirmed = {**LIFE, "events": LIFE["events"][:1]}
    path = str(_file(tmp_path, never_confirmed))
    _, told, _ = _run(path, "--json")
    names = [one for one in json.loads(told)["clocks"] if one["category"] == "civil_identity"]
    assert {one["rule_id"] for one in names} > {"civil-identity"}
    (under,) = {one["goes_under"] for one in names}
    assert under != "civil-identity"
    _, words, _ = _run(path)
    assert f"another rule takes this data earlier: {under}" in " ".join(words.split())


def test_what_is_looked_at_from_another_instant_stands_elsewhere(tmp_path: Path) -> None:
    path = str(_file(tmp_path, LIFE))
    states = {}
    for at in ("2026-04-01", "2031-01-01"):
        _, told, _ = _run(path, "--json", "--at", at)
        states[at] = {one["rule_id"]: one["state"] for one in json.loads(told)["clocks"]}
    assert states["2026-04-01"]["civil-identity"] == "running"
    assert states["2031-01-01"]["civil-identity"] == "due"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"type": "Gossiped"}, "event 1: there is no public event Gossiped"),
        ({"data": {"minor": "perhaps", "language": "fr"}}, "(LearnerRegistered): minor"),
        ({"time": "2026-03-02T09:00:00"}, "events.0.time"),
        (
            {"data": {"learner_id": "other", "language": "fr", "minor": False}},
            "is about other, the file about learner-1",
        ),
    ],
)
def test_a_mistake_is_told_with_its_event(tmp_path: Path, change: Any, said: str) -> None:
    first, *others = LIFE["events"]
    path = _file(tmp_path, {**LIFE, "events": [{**first, **change}, *others]})
    code, _, errors = _run(str(path))
    assert code == ExitCode.USAGE
    assert said in " ".join(errors.split())
    assert "LIFE.json" in errors


def test_what_is_no_json_is_told(tmp_path: Path) -> None:
    path = tmp_path / "LIFE.json"
    path.write_text("{")
    with pytest.raises(LifeFileError, match="not JSON"):
        read_life(path)


def test_every_anchor_has_words() -> None:
    assert ANCHORS.keys() == anchors.ANCHORS.keys()
