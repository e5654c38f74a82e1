"""A small demonstration from end to end: real services, Kafka and MongoDB, four virtual years."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.run import KEPT, demo

LEARNERS, YEARS, SEED = 8, 4, 7


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a report; the demonstration itself says whether it succeeded."""
    folder = tmp_path_factory.mktemp("demo")
    clients = logging.getLogger("aiokafka")
    level = clients.level
    try:
        assert demo(LEARNERS, YEARS, SEED, folder) == KEPT
    finally:
        clients.setLevel(level)  # which a command of its own may leave as it likes
    return folder


@pytest.fixture(scope="module")
def report(folder: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((folder / "report.json").read_text())
    return report


def promise(report: dict[str, Any], number: str) -> dict[str, int]:
    (found,) = [one for one in report["promises"] if one["promise"] == number]
    return dict(found)


@pytest.mark.promise("C2.11")
def test_nothing_outlives_its_term_by_more_than_one_sweep(report: dict[str, Any]) -> None:
    assert 0 < report["late_max_seconds"] <= report["parameters"]["sweep_interval_seconds"]
    everything = promise(report, "C2.11")
    assert everything["late"] == 0
    assert everything["forgotten_on_time"] > everything["objects"] / 2


@pytest.mark.promise("C2.4", "C2.8")
def test_nothing_goes_before_its_legal_minimum(report: dict[str, Any]) -> None:
    assert report["destroyed_before_minimum"] == 0
    payment = promise(report, "C2.4")
    assert payment["objects"] == payment["running"] > 0


@pytest.mark.promise("C8.4")
def test_what_was_forgotten_is_readable_nowhere(report: dict[str, Any]) -> None:
    assert report["canaries"]["forgotten"] > 0
    assert report["readable_canaries"] == 0
    assert report["sealed_values"]["readable_of_forgotten"] == 0


@pytest.mark.promise("C8.4")
def test_the_search_is_not_blind(report: dict[str, Any]) -> None:
    assert {control["medium"] for control in report["controls"]} >= {
        "mongodb",
        "mongodb documents",
        "kafka",
        "kafka records",
        "logs",
    }
    assert all(control["found"] for control in report["controls"])
    assert report["sealed_values"]["opened_of_living"]


@pytest.mark.promise("C8.4")
def test_every_erasure_is_certified_and_holds_are_respected(report: dict[str, Any]) -> None:
    assert report["cases"]["ordered"] == report["cases"]["certified"] > 0
    assert report["holds"]["placed"] > 0
    assert report["holds"]["broken"] == 0


@pytest.mark.promise("C2.1", "C2.2", "C2.5", "C2.7", "C2.9", "C2.10", "C11.2")
@pytest.mark.parametrize("number", ["C2.1", "C2.2", "C2.5", "C2.7", "C2.9", "C2.10", "C11.2"])
def test_each_promise_had_objects_and_kept_its_terms(report: dict[str, Any], number: str) -> None:
    counted = promise(report, number)
    assert counted["objects"] > 0
    assert counted["late"] == 0


def test_the_page_stands_beside_the_data(folder: Path, report: dict[str, Any]) -> None:
    page = (folder / "report.html").read_text()
    assert "What had to be forgotten was forgotten." in page
    assert all(invariant["name"] in page for invariant in report["invariants"])
    assert report["passed"]
