"""A request about a course, sent again under its key."""

import pytest

from shared.http.auth import Role
from shared.ids import new_id
from tests.integration.learning.conftest import Running
from tests.integration.repeating import (
    Asked,
    as_replicas,
    check_acts_once,
    check_survives_a_death,
    events_of_requests,
)

ENROLMENT = {"module_id": "budget-request"}


def _asked(
    learning: Running,
    who: str,
    method: str,
    path: str,
    body: object = None,
    role: Role = Role.LEARNER,
) -> Asked:
    return Asked(method, path, body, learning.callers.headers("learning", who, role))


async def test_each_step_of_a_course_is_taken_once(learning: Running) -> None:
    http, learner = learning.http, await learning.open_account()
    enrol = _asked(learning, learner, "POST", "/me/enrolments", ENROLMENT)
    ids = (await check_acts_once(http, enrol, status=201, key="e")).json()
    assert len((await learning.get("/me/invoices", who=learner))["items"]) == 1

    answers = f"/me/enrolments/{ids['enrolment_id']}/answers"
    wrong = {"exercise_id": "best-opening", "answer": "a"}
    answer = _asked(learning, learner, "POST", answers, wrong)
    first = await check_acts_once(http, answer, status=200, key="a")
    await learning.complete(learner, ids["enrolment_id"])
    again = await answer.sent(http, "a")
    assert again.content == first.content
    assert again.json()["attempts_left"] == 2

    await learning.assign("staff")
    certification = f"/enrolments/{ids['enrolment_id']}/certification"
    decision = {"decision": "granted"}
    certify = _asked(learning, "staff", "POST", certification, decision, Role.TRAINER)
    await check_acts_once(http, certify, status=200)
    payment = f"/me/invoices/{ids['invoice_id']}/payment"
    pay = _asked(learning, learner, "POST", payment, {"method": "card"})
    await check_acts_once(http, pay, status=200)
    end = _asked(learning, learner, "DELETE", f"/me/enrolments/{ids['enrolment_id']}")
    await check_acts_once(http, end, status=204)

    assert (await enrol.sent(http, "e")).json() == ids
    assert len((await learning.get("/me/enrolments", who=learner))["items"]) == 1


async def test_replicas_that_meet_one_request_at_once_give_one_answer(
    learning: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_replicas(learning.http, monkeypatch)
    await test_each_step_of_a_course_is_taken_once(learning)


async def test_a_recording_keeps_its_first_id(learning: Running) -> None:
    http, learner = learning.http, await learning.open_account()
    body = {"learner_id": learner, "title": "Séance", "location": "salle-1"}
    await learning.enrol(learner)
    await learning.assign("staff")
    record = _asked(learning, "staff", "POST", "/recordings", body, Role.TRAINER)
    recording = (await check_acts_once(http, record, status=201)).json()["recording_id"]
    mine = await learning.get("/me/recordings", who=learner)
    assert [one["recording_id"] for one in mine["items"]] == [recording]
    await learning.agree_to_keeping(learner)
    for method in ("PUT", "DELETE"):
        keep = _asked(learning, learner, method, f"/me/recordings/{recording}/keep")
        await check_acts_once(http, keep, status=204)


async def test_one_key_serves_other_people_and_other_places(learning: Running) -> None:
    http = learning.http
    enrolments = set()
    for _ in range(2):
        learner = await learning.open_account()
        enrol = _asked(learning, learner, "POST", "/me/enrolments", ENROLMENT)
        ids = (await check_acts_once(http, enrol, status=201, key="k")).json()
        payment = f"/me/invoices/{ids['invoice_id']}/payment"
        pay = _asked(learning, learner, "POST", payment, {"method": "card"})
        await check_acts_once(http, pay, status=200, key="k")
        enrolments.add(ids["enrolment_id"])
    assert len(enrolments) == 2
    assert await events_of_requests(http) == 4


async def test_a_request_that_a_death_cut_short_is_done_once(
    learning: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    http, learner = learning.http, await learning.open_account()
    enrol = _asked(learning, learner, "POST", "/me/enrolments", ENROLMENT)
    ids = (await check_survives_a_death(http, enrol, monkeypatch, status=201)).json()
    mine = await learning.get("/me/invoices", who=learner)
    assert [one["invoice_id"] for one in mine["items"]] == [ids["invoice_id"]]
    answers = f"/me/enrolments/{ids['enrolment_id']}/answers"
    wrong = {"exercise_id": "best-opening", "answer": "a"}
    answer = _asked(learning, learner, "POST", answers, wrong)
    outcome = await check_survives_a_death(http, answer, monkeypatch, status=200)
    assert outcome.json()["attempts_left"] == 2


async def test_a_refused_request_may_be_sent_again_when_it_is_allowed(learning: Running) -> None:
    learner = new_id()
    enrol = _asked(learning, learner, "POST", "/me/enrolments", ENROLMENT)
    assert (await enrol.sent(learning.http, "k")).status_code == 409
    await learning.outside.register(learner)
    await learning.settled("learners", learner, confirmed=True)
    assert (await enrol.sent(learning.http, "k")).status_code == 201
