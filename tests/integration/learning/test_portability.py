"""From one installation to a new one and on: what was learnt arrives, and attests nothing there."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.gateway.portability import packed
from services.gateway.wording import wording
from shared.http.auth import Role
from shared.personal import Category
from shared.portability.file import (
    ConsentPart,
    IdentityPart,
    LearningPart,
    PortabilityFile,
    Source,
    portability_file,
)
from shared.portability.reading import read
from shared.portability.statements import statements
from tests.integration.learning.conftest import Running

MADE_AT = datetime(2030, 3, 1, 9, 30, tzinfo=UTC)
HERE = Source(home_page="https://a.test", name="account-a")
THERE = Source(home_page="https://b.test", name="account-b")


async def _exported(installation: Running, learner: str, source: Source) -> PortabilityFile:
    part = LearningPart.model_validate(await installation.get("/me/provided", who=learner))
    return portability_file(source, MADE_AT, IdentityPart(), part, ConsentPart())


async def _bring(installation: Running, learner: str, file: PortabilityFile) -> dict[str, Any]:
    body = {"records": [one.model_dump(mode="json") for one in file.brought]}
    answer = await installation.ask("POST", "/me/imported-records", who=learner, json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.promise("C8.5", "C5.2")
async def test_what_was_learnt_goes_to_a_new_installation_and_on_from_there(
    learning: Running, elsewhere: Running
) -> None:
    learner = await learning.open_account()
    enrolment = (await learning.enrol(learner))["enrolment_id"]
    await learning.complete(learner, enrolment)
    await learning.assign("staff")
    await learning.settled("enrolments", enrolment, status="completed")
    decision = {"decision": "granted", "comment": "Avis de la formatrice"}
    path = f"/enrolments/{enrolment}/certification"
    await learning.ask("POST", path, who="staff", role=Role.TRAINER, json=decision)
    first = await _exported(learning, learner, HERE)
    assert "Avis de la formatrice" not in first.model_dump_json()
    assert len(statements(first.brought)) == 7

    brought = read(packed(first, wording("fr")))
    newcomer = await elsewhere.open_account()
    before = await elsewhere.get("/me/suggestions", who=newcomer)
    assert await _bring(elsewhere, newcomer, brought) == {
        "new": 1,
        "changed": 0,
        "known": 0,
        "own": 0,
    }
    again = await _bring(elsewhere, newcomer, brought)
    assert (again["new"], again["known"]) == (0, 1)
    second = await _exported(elsewhere, newcomer, THERE)
    assert second.records == ()
    assert second.brought == first.brought
    assert statements(second.brought) == statements(first.brought)

    # It is shown with where it is from, and counts for nothing here.
    held = (await elsewhere.get("/me/held-data", who=newcomer))["items"]
    assert {one["category"] for one in held} == {Category.LEARNING_HISTORY}
    assert "https://a.test" in held[0]["value"]
    assert (await elsewhere.get("/me/enrolments", who=newcomer))["items"] == []
    assert await elsewhere.get("/me/suggestions", who=newcomer) == before
    body = {"module_id": "budget-request"}
    enrolled = await elsewhere.ask("POST", "/me/enrolments", who=newcomer, json=body)
    assert enrolled.status_code == 201

    # Back where it was recorded nothing is kept twice.
    assert (await _bring(learning, learner, second))["own"] == 1


@pytest.mark.promise("C8.5", "C11.1")
async def test_a_later_state_replaces_and_what_is_no_record_is_refused(learning: Running) -> None:
    learner = await learning.open_account()
    record = {
        "kind": "course",
        "id": "course-1",
        "module_id": "elsewhere-1",
        "title": {"fr": "Ailleurs", "en": "Elsewhere"},
        "enrolled_at": "2029-01-01T00:00:00Z",
    }
    source = THERE.model_dump()

    async def bring(record: dict[str, Any], who: str = learner) -> Any:
        body = {"records": [{"source": source, "record": record}]}
        return await learning.ask("POST", "/me/imported-records", who=who, json=body)

    assert (await bring(record)).json()["new"] == 1
    ended = {**record, "ending": {"id": "end-1", "at": "2029-02-01T00:00:00Z"}}
    assert (await bring(ended)).json()["changed"] == 1
    (kept,) = (await learning.get("/me/imported-records", who=learner))["items"]
    assert kept["brought"]["record"]["ending"]["id"] == "end-1"
    refused = await bring({**record, "certified": True})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid-request")
    minor = "minor-1"
    await learning.outside.register(minor, minor=True)
    await learning.settled("learners", minor, minor=True)
    assert (await bring(record, minor)).json()["code"] == "guardian-agreement-missing"
