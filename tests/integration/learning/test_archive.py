"""The intermediate archive in learning: profiles as a whole, certified courses one by one."""

import pytest

from shared.events.base import SubjectId
from shared.events.retention import ArchiveEntered, ArchiveLeft
from shared.http.auth import Role
from tests.integration.learning.conftest import Running
from tests.staff_routes import staff_routes

REASON = {"Archive-Reason": "audit", "Archive-Reference": "AUD-26-1"}
GROUPS = ["budget-request/*", "budget-request/2030-Q1"]
CANARIES = ("Canari", "9000", "45 000", "Séance canari")


async def read_for(learning: Running, learner: str) -> int:
    """Return how many readings of the person's archived data are recorded."""
    query = {"events.type": "ArchivedDataRead", "subject": learner}
    return await learning.database.collection("commits").count_documents(query)


@pytest.mark.promise("C2.5", "C4.2")
async def test_no_route_answers_staff_with_a_word_of_an_archived_person(
    learning: Running,
) -> None:
    """Every route that staff may call, in every role, found in the application itself."""
    learner = await learning.open_account()
    ids = await learning.enrol(learner)
    await learning.assign("somebody")
    await learning.complete(learner, ids["enrolment_id"])
    await learning.settled("enrolments", ids["enrolment_id"], status="completed")
    await learning.settled("invoices", ids["invoice_id"], learner_id=learner)
    await learning.settled("learners", learner, groups=GROUPS)
    session = {"learner_id": learner, "title": "Séance canari", "location": "salle-1"}
    made = await learning.ask("POST", "/recordings", role=Role.TRAINER, json=session)
    assert made.status_code == 201
    parameters = {
        "learner_id": learner,
        "enrolment_id": ids["enrolment_id"],
        "invoice_id": ids["invoice_id"],
        "recording_id": made.json()["recording_id"],
        "module_id": "budget-request",
        "session_id": "session-1",
        "thing": ids["enrolment_id"],
        "dispute_id": "dispute-1",
    }
    routes = [
        (route, role)
        for route in staff_routes(learning.app, parameters)
        for role in sorted(route.roles)
    ]

    async def telling(stated: dict[str, str]) -> set[tuple[str, Role]]:
        told = set()
        for route, role in routes:
            answer = await learning.ask(route.method, route.path, role=role, json={}, stated=stated)
            if any(canary in answer.text for canary in CANARIES):
                told.add((route.template, role))
        return told

    in_use = await telling({})
    assert in_use == {
        ("/certifications/pending", Role.TRAINER),
        ("/learners", Role.TRAINER),
        ("/learners/{learner_id}/history", Role.TRAINER),
        ("/learners/{learner_id}/held-data", Role.DPO),
        ("/invoices", Role.BILLING),
    }
    entered = ArchiveEntered(subject_id=SubjectId(learner))
    await learning.outside.publish("retention", learner, entered)
    await learning.settled("learners", learner, archived=True)
    assert await telling({}) == set()
    assert await read_for(learning, learner) == 0
    assert await telling(REASON) == {("/learners/{learner_id}/held-data", Role.DPO)}
    assert await read_for(learning, learner) == 1
    decision = {"decision": "granted"}
    certify = f"/enrolments/{ids['enrolment_id']}/certification"
    refused = await learning.ask("POST", certify, role=Role.TRAINER, json=decision)
    assert (refused.status_code, refused.json()["code"]) == (403, "archived")

    left = ArchiveLeft(subject_id=SubjectId(learner))
    await learning.outside.publish("retention", learner, left)
    await learning.settled("learners", learner, archived=False)
    assert await telling({}) == in_use


@pytest.mark.promise("C2.6", "C4.2")
async def test_a_certified_course_is_archived_by_itself(learning: Running) -> None:
    learner = await learning.open_account()
    certified, running = (
        await learning.enrol(learner),
        await learning.enrol(learner, "defending-figures"),
    )
    await learning.complete(learner, certified["enrolment_id"])
    for module in ("budget-request", "defending-figures"):
        await learning.assign("somebody", module)
    path = f"/enrolments/{certified['enrolment_id']}/certification"
    comment = {"decision": "granted", "comment": "Très bien"}
    done = await learning.ask("POST", path, role=Role.TRAINER, json=comment)
    assert done.status_code == 200
    answer = await learning.ask("GET", f"/learners/{learner}/history", role=Role.TRAINER)
    taught = {one["enrolment_id"]: one for one in answer.json()["enrolments"]}
    assert taught[running["enrolment_id"]]["exercises"]
    archived = taught[certified["enrolment_id"]]
    assert (archived["archived"], archived["exercises"], archived["score"]) == (True, [], None)
    assert (archived["status"], archived["certification"]["comment"]) == ("certified", None)
    assert "Très bien" not in answer.text

    held = f"/learners/{learner}/held-data"
    missing = await learning.ask("GET", held, role=Role.DPO)
    assert (missing.status_code, missing.json()["code"]) == (422, "archive-reason-missing")
    assert (await learning.ask("GET", held, role=Role.DPO, stated=REASON)).status_code == 200
    assert await read_for(learning, learner) == 1
    mine = await learning.get(f"/me/enrolments/{certified['enrolment_id']}", who=learner)
    assert mine["score"] == 100, "the person's own page shows everything"
