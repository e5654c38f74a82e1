"""Objections, restrictions and a withdrawal, where learning would use the data (C8.3, C9.2)."""

from datetime import timedelta
from typing import Any

import pytest

from services.learning.domain.enrolment.decide import IDLE_AFTER, SUGGEST_AFTER
from shared.archive import REASON_HEADER
from shared.events.base import PublicEvent
from shared.events.consent import (
    ConsentWithdrawn,
    ObjectionLifted,
    ObjectionRaised,
    RestrictionLifted,
    RestrictionPlaced,
)
from shared.http.auth import Role
from tests.integration.learning.conftest import Running
from tests.integration.learning.test_erasure import anonymised, took_part
from tests.waiting import eventually


async def _decides(learning: Running, learner: str, event: type[PublicEvent], **about: Any) -> None:
    fact = event.model_validate({"learner_id": learner, **about})
    await learning.outside.publish("consent", learner, fact)


async def _due(learning: Running, name: str) -> int:
    answer = await learning.ask("POST", f"/ops/schedules/{name}", role=Role.SYSTEM)
    return int(answer.json()[name])


@pytest.mark.promise("C8.3", "C5.1")
async def test_a_reminder_is_due_and_an_objection_keeps_it_from_being_told(
    learning: Running,
) -> None:
    learner = await learning.open_account()
    enrolment = (await learning.enrol(learner))["enrolment_id"]
    await learning.settled("enrolments", enrolment, status="running")
    await _decides(learning, learner, ObjectionRaised, purpose="reminders")
    await learning.knows(learner, "objection:reminders")
    explained = await learning.get("/me/consequences/objection/reminders", who=learner)
    learning.move(IDLE_AFTER + timedelta(hours=1))

    assert await _due(learning, "reminders") == 0
    (change,) = explained["items"]
    assert change["use"] == "reminders"
    assert "“" in change["examples"][0], "the course that would have been reminded of"

    await _decides(learning, learner, ObjectionLifted, purpose="reminders")
    await learning.knows(learner, "objection:reminders", holds=False)
    assert await _due(learning, "reminders") == 1


@pytest.mark.promise("C3.1", "C5.1", "C8.3")
async def test_a_next_module_is_suggested_once_and_to_nobody_who_objects(
    learning: Running,
) -> None:
    learner = await learning.open_account()
    enrolment = (await learning.enrol(learner))["enrolment_id"]
    await learning.complete(learner, enrolment)
    await learning.settled("enrolments", enrolment, status="completed")
    learning.move(SUGGEST_AFTER - timedelta(hours=1))
    assert await _due(learning, "suggestions") == 0

    await _decides(learning, learner, ObjectionRaised, purpose="suggestions")
    await learning.knows(learner, "objection:suggestions")
    learning.move(timedelta(hours=2))
    assert await _due(learning, "suggestions") == 0

    await _decides(learning, learner, ObjectionLifted, purpose="suggestions")
    await learning.knows(learner, "objection:suggestions", holds=False)
    assert await _due(learning, "suggestions") == 1
    await learning.settled("enrolments", enrolment, suggested=True)
    assert await _due(learning, "suggestions") == 0


@pytest.mark.promise("C8.3", "C9.3", "C2.6")
async def test_the_history_of_whoever_objects_to_statistics_enters_no_pool(
    learning: Running,
) -> None:
    people = [await learning.open_account() for _ in range(2)]
    objecting, counted = [await took_part(learning, one, "b") for one in people]
    await _decides(learning, people[0], ObjectionRaised, purpose="statistics")
    await learning.knows(people[0], "objection:statistics")
    await anonymised(learning, objecting)
    assert len((await learning.pool()).tokens) == 0
    await anonymised(learning, counted)
    assert len((await learning.pool()).tokens) == 1


@pytest.mark.promise("C8.3", "C2.10")
async def test_a_restricted_history_is_kept_and_opened_for_nobody_but_the_person_and_the_law(
    learning: Running,
) -> None:
    await learning.assign("somebody")
    learner = await learning.open_account()
    enrolment = (await learning.enrol(learner))["enrolment_id"]
    await learning.complete(learner, enrolment)
    await learning.settled("enrolments", enrolment, status="completed")
    await _decides(learning, learner, RestrictionPlaced, category="learning_history")
    await learning.knows(learner, "restriction:learning_history")
    history, held = f"/learners/{learner}/history", f"/learners/{learner}/held-data"
    certify = f"/enrolments/{enrolment}/certification"
    decision = {"decision": "granted"}

    def trainer(path: str) -> Any:
        return learning.ask("GET", path, role=Role.TRAINER)

    refused = [
        await trainer(history),
        await learning.ask("POST", certify, role=Role.TRAINER, json=decision),
        await learning.ask("GET", held, role=Role.DPO),
    ]
    assert [(one.status_code, one.json()["code"]) for one in refused] == [(403, "restricted")] * 3
    assert (await trainer("/certifications/pending")).json()["items"] == []
    assert learner not in (await trainer("/learners")).text
    assert (await learning.get("/me/suggestions", who=learner))["status"] == "stopped"

    lawful = await learning.ask("GET", held, role=Role.DPO, stated={REASON_HEADER: "litigation"})
    mine = await learning.get("/me/held-data", who=learner)
    assert lawful.status_code == 200, lawful.text
    assert any(one["field"] == "answer" and one["value"] for one in mine["items"])
    assert any(one["field"] == "answer" and one["value"] for one in lawful.json()["items"])

    await _decides(learning, learner, RestrictionLifted, category="learning_history")
    await learning.knows(learner, "restriction:learning_history", holds=False)
    assert (await trainer(history)).status_code == 200

    body = {"learner_id": learner, "title": "Séance", "location": "salle-1"}
    made = await learning.ask("POST", "/recordings", role=Role.TRAINER, json=body)
    recording = made.json()["recording_id"]
    await learning.agree_to_keeping(learner)
    kept = await learning.ask("PUT", f"/me/recordings/{recording}/keep", who=learner)
    assert kept.status_code == 204
    await _decides(learning, learner, ConsentWithdrawn, purpose="recordings", channel="portal")

    async def released() -> bool:
        (one,) = (await learning.get("/me/recordings", who=learner))["items"]
        return not one["kept"]

    await eventually(released)
