"""A trainer sees whom they teach; a speaker's session is planned and assigned (C4.2, C6.3)."""

from datetime import timedelta

import pytest

from shared.events.base import SubjectId
from shared.events.identity import StaffDeparted
from shared.http.auth import Role
from tests.integration.learning.conftest import START, Running

MODULE = "budget-request"
HERS = ["budget-request/*", "budget-request/2030-Q1"]


@pytest.mark.promise("C4.2", "C4.3")
async def test_a_learner_who_is_not_taught_looks_like_one_who_does_not_exist(
    learning: Running,
) -> None:
    taught, other = await learning.open_account(), await learning.open_account()
    hers = await learning.enrol(taught)
    elsewhere = await learning.enrol(taught, "defending-figures")
    his = await learning.enrol(other, "defending-figures")
    await learning.complete(taught, hers["enrolment_id"])
    await learning.settled("enrolments", hers["enrolment_id"], status="completed")
    await learning.settled("enrolments", his["enrolment_id"], status="running")
    await learning.assign("anna", MODULE, "2030-Q1")

    listed = await learning.get("/learners", who="anna", role=Role.TRAINER)
    assert ([one["learner_id"] for one in listed["items"]], listed["total"]) == ([taught], 1)
    pending = await learning.get("/certifications/pending", who="anna", role=Role.TRAINER)
    assert [one["learner_id"] for one in pending["items"]] == [taught]
    history = await learning.get(f"/learners/{taught}/history", who="anna", role=Role.TRAINER)
    assert [one["enrolment_id"] for one in history["enrolments"]] == [hers["enrolment_id"]]

    decision = {"decision": "granted"}
    record = {"title": "Séance", "location": "salle-1"}
    for learner, enrolment in (
        (other, his),
        (taught, elsewhere),
        ("nobody", {"enrolment_id": "x"}),
    ):
        asked = [
            ("POST", f"/enrolments/{enrolment['enrolment_id']}/certification", decision),
            *([] if learner == taught else [("GET", f"/learners/{learner}/history", None)]),
            *(
                []
                if learner == taught
                else [("POST", "/recordings", {**record, "learner_id": learner})]
            ),
        ]
        for method, path, body in asked:
            answer = await learning.ask(method, path, who="anna", role=Role.TRAINER, json=body)
            assert (answer.status_code, answer.json()["code"]) == (404, "not-found"), path

    for who in ("bruno", "anna"):
        if who == "anna":
            group = {"staff_id": "anna", "module_id": MODULE, "cohort": "2030-Q1"}
            path = "/teaching/withdrawals"
            taken = await learning.ask("POST", path, role=Role.ADMINISTRATOR, json=group)
            assert taken.status_code == 204
        for path in ("/learners", "/certifications/pending"):
            assert (await learning.get(path, who=who, role=Role.TRAINER))["items"] == []


@pytest.mark.promise("C4.2", "C4.3")
async def test_assignments_say_who_and_when_and_end_with_the_trainer(learning: Running) -> None:
    unknown = {"staff_id": "nobody", "module_id": MODULE}
    answer = await learning.ask("POST", "/teaching", role=Role.ADMINISTRATOR, json=unknown)
    assert answer.status_code == 404
    await learning.employ("billing-1", Role.BILLING)
    wrong = {"staff_id": "billing-1", "module_id": MODULE}
    answer = await learning.ask("POST", "/teaching", role=Role.ADMINISTRATOR, json=wrong)
    assert answer.status_code == 404, "who is no trainer teaches nobody"
    await learning.assign("anna")
    learner = await learning.open_account()
    await learning.enrol(learner)
    await learning.settled("learners", learner, groups=HERS)
    shown = await learning.get("/teaching", role=Role.ADMINISTRATOR)
    (trainer,) = shown["items"]
    (group,) = trainer["groups"]
    assert (trainer["staff_id"], group["module_id"], group["cohort"]) == ("anna", MODULE, None)
    assert (group["assigned_by"], group["assigned_at"][:10]) == ("chief", "2030-03-01")
    assert (await learning.get("/teaching/own", who="anna", role=Role.TRAINER))["items"]

    await learning.outside.publish("identity", "anna", StaffDeparted(staff_id=SubjectId("anna")))
    await learning.settled("staff", "anna", departed=True, teaches=[])
    assert (await learning.get("/learners", who="anna", role=Role.TRAINER))["items"] == []


@pytest.mark.promise("C6.3")
async def test_only_the_groups_own_trainer_plans_and_only_an_administrator_assigns_a_speaker(
    learning: Running,
) -> None:
    await learning.assign("anna", MODULE, "2030-Q1")
    await learning.employ("speaker-1", Role.SPEAKER)
    body = {
        "module_id": MODULE,
        "cohort": "2030-Q1",
        "starts_at": (START + timedelta(days=1)).isoformat(),
        "ends_at": (START + timedelta(days=1, hours=2)).isoformat(),
    }
    whole = {**body, "cohort": None}
    for who, refused in (("bruno", body), ("anna", whole)):
        answer = await learning.ask(
            "POST", "/live-sessions", who=who, role=Role.TRAINER, json=refused
        )
        assert answer.json()["code"] == "group-not-taught"
    made = await learning.ask("POST", "/live-sessions", who="anna", role=Role.TRAINER, json=body)
    session = made.json()["session_id"]
    path = f"/live-sessions/{session}/speaker"
    for speaker, status in (("anna", 404), ("speaker-1", 204)):
        invited = await learning.ask(
            "PUT", path, role=Role.ADMINISTRATOR, json={"speaker_id": speaker}
        )
        assert invited.status_code == status
    await learning.settled("live_sessions", session, speaker_id="speaker-1")
    for who, role, count in (
        ("speaker-1", Role.SPEAKER, 1),
        ("speaker-2", Role.SPEAKER, 0),
        ("anna", Role.TRAINER, 1),
        ("bruno", Role.TRAINER, 0),
        ("chief", Role.ADMINISTRATOR, 1),
    ):
        assert (await learning.get("/live-sessions", who=who, role=role))["total"] == count
    foreign = await learning.ask(
        "DELETE", f"/live-sessions/{session}", who="bruno", role=Role.TRAINER
    )
    assert foreign.status_code == 404
    own = await learning.ask("DELETE", f"/live-sessions/{session}", who="anna", role=Role.TRAINER)
    assert own.status_code == 204
