"""Statistics after a restore: whatever is folded again, each enrolment counts once."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from deploy.backup.make import make_backup
from deploy.cli.failures import ExitCode
from shared.clock import VirtualClock
from shared.database import MongoClient
from shared.ids import new_id
from tests.integration.backup.conftest import Site
from tests.integration.backup.test_retired_keys import restored
from tests.integration.learning.conftest import START
from tests.integration.learning.killed import (
    EXERCISE,
    MODULE,
    EnrolAll,
    Enrolled,
    Erase,
    Release,
    process,
)


@pytest.fixture
def learning(site: Site, tmp_path: Path) -> dict[str, str]:
    """What a process of the learning service is given."""
    clock = tmp_path / "clock"
    VirtualClock(clock, start=START)
    return {
        "KAFKA_BOOTSTRAP_SERVERS": site.settings.kafka,
        "MONGODB_URI": site.settings.mongodb,
        "CARIONEXIQ_NAMESPACE": site.settings.namespace,
        "CARIONEXIQ_DATA_DIR": str(site.settings.data_dir),
        "CARIONEXIQ_CLOCK_FILE": str(clock),
    }


@pytest.mark.promise("C2.6", "C7.5")
async def test_anonymised_before_during_and_after_a_backup_each_enrolment_counts_once(
    site: Site, mongo: MongoClient, learning: dict[str, str]
) -> None:
    people = [Enrolled(new_id(), new_id(), "b" if place % 2 else "a") for place in range(20)]
    before, during, after = people[:8], people[8:14], people[14:]
    assert process(learning, EnrolAll(people), Erase(before)) == 0

    def meanwhile(part: str, _: int) -> None:
        if part == "learning.commits" and during:
            assert process(learning, Erase(during)) == 0
            during.clear()

    outcome = await asyncio.to_thread(make_backup, site.settings, site.targets, meanwhile)
    assert outcome.failures == {}
    assert during == []
    assert process(learning, Erase(after)) == 0

    done = await restored(site, outcome.id)
    assert done.exit_code == ExitCode.DONE, done.output

    # Every order comes again: of cases that were certified, under way, or lost.
    assert process(learning, Erase(people), Release()) == 0
    commits = mongo.database("learning").collection("commits")
    released = [one async for one in commits.find({"stream": f"statistics-{MODULE}"})]
    figures = [figure for one in released for figure in _figures(one)]
    assert ("2030-Q1", "enrolments", {"all": 20}) in figures
    assert ("2030-Q1", f"exercise:{EXERCISE}", {"once": 10, "other": 10}) in figures


def _figures(commit: dict[str, Any]) -> list[tuple[str, str, dict[str, int]]]:
    return [
        (one["scope"], one["about"], one["counts"])
        for event in commit["events"]
        for one in event["data"]["figures"]
    ]
