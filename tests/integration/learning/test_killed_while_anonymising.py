"""Killed at any step of an anonymisation or a release, the figures count each enrolment once."""

from pathlib import Path
from typing import Any

import pytest

from shared.clock import VirtualClock
from shared.database import MongoClient
from shared.ids import new_id
from shared.settings import Settings
from tests.integration.learning.conftest import START
from tests.integration.learning.killed import (
    EXERCISE,
    MODULE,
    DestroyKeys,
    EnrolAll,
    Enrolled,
    Erase,
    Release,
    process,
)

KILLED = -9
WHILE_CONTRIBUTING = (
    "after AnonymiseEnrolment",
    "after added",
    "after RecordContribution",
    "after confirmed",
)
WHILE_RELEASING = ("after release", "after ReleaseFigures", "after announced")


@pytest.fixture
def environment(kernel_settings: Settings, tmp_path: Path) -> dict[str, str]:
    clock = tmp_path / "clock"
    VirtualClock(clock, start=START)
    return {
        "KAFKA_BOOTSTRAP_SERVERS": kernel_settings.kafka_bootstrap_servers,
        "MONGODB_URI": kernel_settings.mongodb_uri,
        "CARIONEXIQ_NAMESPACE": kernel_settings.namespace,
        "CARIONEXIQ_DATA_DIR": str(kernel_settings.data_dir),
        "CARIONEXIQ_CLOCK_FILE": str(clock),
    }


@pytest.mark.promise("C2.6", "C9.3")
@pytest.mark.timeout(180)
async def test_killed_at_every_step_each_enrolment_counts_once_and_its_key_waits(
    kernel_settings: Settings, environment: dict[str, str]
) -> None:
    people = [Enrolled(new_id(), new_id(), "b" if place % 2 else "a") for place in range(20)]
    assert process(environment, EnrolAll(people)) == 0
    client = MongoClient(kernel_settings.mongodb_uri, kernel_settings.namespace)
    commits = client.database("learning").collection("commits")

    async def acknowledged(one: Enrolled) -> bool:
        return await commits.count_documents({"stream": f"erasure-case-{one.enrolment}"}) == 1

    for step, one in zip(WHILE_CONTRIBUTING, people, strict=False):
        assert process(environment, Erase([one]), doomed=step) == KILLED, step
        assert not await acknowledged(one), step
    # Every order comes again, those of the killed and those that went well.
    again, late = Erase([*people, *people[:8]]), Erase(people)
    assert process(environment, again, DestroyKeys(people), late) == 0
    assert [await acknowledged(one) for one in people] == [True] * 20

    for step in WHILE_RELEASING:
        assert process(environment, Release(), doomed=step) == KILLED, step
    assert process(environment, Release()) == 0
    released = [c async for c in commits.find({"stream": f"statistics-{MODULE}"})]
    figures = [one for c in released for one in _figures(c)]
    assert ("2030-Q1", "enrolments", {"all": 20}) in figures
    assert ("2030-Q1", f"exercise:{EXERCISE}", {"once": 10, "other": 10}) in figures
    assert len(released) == 1
    client.close()


def _figures(commit: dict[str, Any]) -> list[tuple[str, str, dict[str, int]]]:
    return [
        (one["scope"], one["about"], one["counts"])
        for event in commit["events"]
        for one in event["data"]["figures"]
    ]
