"""From enrolment to certification, on the real engines."""

import asyncio
from datetime import timedelta

import pytest

from shared.events.base import SubjectId
from shared.events.identity import AccountBlocked, AccountClosed, GuardianAgreementGranted
from shared.http.auth import Role
from shared.ids import new_id
from tests.integration.learning.conftest import Running
from tests.waiting import eventually


@pytest.mark.promise("C9.1", "C1.4", "C5.2")
async def test_a_learner_enrols_answers_and_is_certified_by_a_trainer(learning: Running) -> None:
    learner = await learning.open_account()
    ids = await learning.enrol(learner)
    first = await learning.answer(learner, ids["enrolment_id"], "best-opening", "a")
    assert first.json()["score"] == 0
    assert first.json()["attempts_left"] == 2
    assert "euros" in first.json()["feedback"]
    await learning.complete(learner, ids["enrolment_id"])
    mine = await learning.get(f"/me/enrolments/{ids['enrolment_id']}", who=learner)
    assert (mine["status"], mine["score"], mine["answered"]) == ("completed", 100, 4)
    assert mine["access_until"] == "2031-03-01"
    assert mine["invoice_id"] == ids["invoice_id"]

    await learning.assign("staff")
    await learning.settled("enrolments", ids["enrolment_id"], status="completed")
    pending = await learning.get("/certifications/pending", role=Role.TRAINER)
    assert [one["enrolment_id"] for one in pending["items"]] == [ids["enrolment_id"]]
    assert pending["items"][0]["last_name"] == "Canari"
    path = f"/enrolments/{ids['enrolment_id']}/certification"
    decision = {"decision": "granted", "comment": "Chiffrage solide."}
    for role in set(Role) - {Role.TRAINER}:
        refused = await learning.ask("POST", path, who="other", role=role, json=decision)
        assert refused.status_code == 403
    granted = await learning.ask("POST", path, who="staff", role=Role.TRAINER, json=decision)
    assert granted.status_code == 200
    mine = await learning.get(f"/me/enrolments/{ids['enrolment_id']}", who=learner)
    assert mine["status"] == "certified"
    assert mine["certification"]["comment"] == "Chiffrage solide."
    again = await learning.answer(learner, ids["enrolment_id"], "best-opening", "b")
    assert again.json()["code"] == "already-certified"


@pytest.mark.promise("C11.1", "C11.2")
async def test_only_an_open_account_enrols(learning: Running) -> None:
    minor, stranger = new_id(), new_id()
    body = {"module_id": "budget-request"}
    unknown = await learning.ask("POST", "/me/enrolments", who=stranger, json=body)
    assert (unknown.status_code, unknown.json()["code"]) == (409, "account-not-confirmed")

    await learning.outside.register(minor, minor=True)
    blocked = AccountBlocked(learner_id=SubjectId(minor), reason="minor_without_agreement")
    await learning.outside.publish("identity", minor, blocked)
    await learning.settled("learners", minor, blocked=True)
    refused = await learning.ask("POST", "/me/enrolments", who=minor, json=body, language="fr")
    assert refused.status_code == 403
    assert refused.headers["content-type"] == "application/problem+json"
    assert "représentant légal" in refused.json()["title"]

    agreed = GuardianAgreementGranted(learner_id=SubjectId(minor))
    await learning.outside.publish("identity", minor, agreed)
    await learning.settled("learners", minor, blocked=False)
    enrolment = (await learning.enrol(minor))["enrolment_id"]

    await learning.outside.publish("identity", minor, blocked)
    await learning.settled("learners", minor, blocked=True)
    stopped = await learning.answer(minor, enrolment, "best-opening", "b")
    assert (stopped.status_code, stopped.json()["code"]) == (403, "guardian-agreement-missing")
    await learning.assign("somebody")
    session = {"learner_id": minor, "title": "Séance", "location": "salle-1"}
    unrecorded = await learning.ask("POST", "/recordings", role=Role.TRAINER, json=session)
    assert unrecorded.status_code == 403


async def test_two_requests_at_once_start_one_contract_with_one_invoice(
    learning: Running,
) -> None:
    learner = await learning.open_account()
    body = {"module_id": "budget-request"}
    answers = await asyncio.gather(
        *(learning.ask("POST", "/me/enrolments", who=learner, json=body) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    invoices = await learning.get("/me/invoices", who=learner)
    assert len(invoices["items"]) == 1


async def test_a_request_sent_twice_with_one_key_acts_once(learning: Running) -> None:
    learner = await learning.open_account()
    body = {"module_id": "budget-request"}
    one = await learning.ask("POST", "/me/enrolments", who=learner, json=body, key="k")
    two = await learning.ask("POST", "/me/enrolments", who=learner, json=body, key="k")
    assert (one.status_code, two.status_code) == (201, 201)
    assert one.json() == two.json()
    enrolment = one.json()["enrolment_id"]
    for _ in range(2):
        await learning.answer(learner, enrolment, "best-opening", "a", key="a1")
    other = await learning.answer(learner, enrolment, "full-cost", "45000", key="a1")
    assert other.json()["code"] == "idempotency-key-reused"
    mine = await learning.get(f"/me/enrolments/{enrolment}", who=learner)
    assert len(mine["exercises"][0]["attempts"]) == 1


async def test_nobody_reads_or_answers_somebody_elses_course(learning: Running) -> None:
    learner, other = await learning.open_account(), await learning.open_account()
    ids = await learning.enrol(learner)
    path = f"/me/enrolments/{ids['enrolment_id']}"
    assert (await learning.ask("GET", path, who=other)).status_code == 404
    assert (await learning.ask("DELETE", path, who=other)).status_code == 404
    assert (
        await learning.answer(other, ids["enrolment_id"], "best-opening", "b")
    ).status_code == 404
    pay = f"/me/invoices/{ids['invoice_id']}/payment"
    paid = await learning.ask("POST", pay, who=other, json={"method": "card"})
    assert paid.status_code == 404


@pytest.mark.promise("C2.1", "C8.4")
async def test_closing_the_account_ends_running_contracts_and_only_those(
    learning: Running,
) -> None:
    learner = await learning.open_account()
    ended, running = (
        await learning.enrol(learner),
        await learning.enrol(learner, "defending-figures"),
    )
    path = f"/me/enrolments/{ended['enrolment_id']}"
    assert (await learning.ask("DELETE", path, who=learner)).status_code == 204
    again = await learning.enrol(learner)
    assert again["enrolment_id"] != ended["enrolment_id"]

    closed = AccountClosed(learner_id=SubjectId(learner), reason="learner")
    await learning.outside.publish("identity", learner, closed)

    async def all_ended() -> bool:
        mine = await learning.get("/me/enrolments", who=learner)
        return {one["status"] for one in mine["items"]} == {"ended"}

    await eventually(all_ended)
    await learning.settled("learners", learner, closed=True)
    body = {"module_id": "negotiating-with-finance"}
    refused = await learning.ask("POST", "/me/enrolments", who=learner, json=body)
    assert refused.json()["code"] == "account-closed"
    assert running["enrolment_id"] != again["enrolment_id"]


@pytest.mark.promise("C5.1")
async def test_the_schedule_reminds_once_per_idle_period(learning: Running) -> None:
    learner = await learning.open_account()
    ids = await learning.enrol(learner)
    await learning.settled("enrolments", ids["enrolment_id"], status="running")

    async def run() -> int:
        response = await learning.ask("POST", "/ops/schedules/reminders", role=Role.SYSTEM)
        assert response.status_code == 200, response.text
        return int(response.json()["reminders"])

    learning.move(timedelta(days=13))
    assert await run() == 0
    learning.move(timedelta(days=1))
    assert await run() == 1
    assert await run() == 0
    await learning.answer(learner, ids["enrolment_id"], "best-opening", "b")
    await learning.settled("enrolments", ids["enrolment_id"], reminded=False)
    learning.move(timedelta(days=14))
    assert await run() == 1
