"""Who sees what: trainers no payment, billing no teaching, everybody only their own (C4.2)."""

import json
from datetime import timedelta

import pytest
from httpx import Response

from shared.events.base import SubjectId
from shared.events.consent import ObjectionLifted, ObjectionRaised
from shared.events.identity import BreakGlassTaken, StaffDeparted
from shared.events.retention import ArchiveEntered
from shared.http.auth import Role
from shared.personal import Category, Personal
from shared.rights import Rights
from tests.integration.learning.conftest import Running
from tests.waiting import eventually

GROUPS = ["budget-request/*", "budget-request/2030-Q1"]
TRAINERS = ["/certifications/pending", "/learners", "/learners/nobody/history"]


@pytest.mark.promise("C4.2")
async def test_each_endpoint_is_closed_to_every_other_role(learning: Running) -> None:
    for role in Role:
        for path in TRAINERS:
            response = await learning.ask("GET", path, role=role)
            assert (response.status_code == 403) == (role is not Role.TRAINER), (role, path)
        response = await learning.ask("GET", "/invoices", role=role)
        assert (response.status_code == 403) == (role is not Role.BILLING), role
        mine = await learning.ask("GET", "/me/enrolments", role=role)
        assert (mine.status_code == 403) == (role is not Role.LEARNER), role
    assert (await learning.http.get("/me/enrolments")).status_code == 401


@pytest.mark.promise("C4.2", "C2.4")
async def test_trainers_see_no_payment_and_billing_no_teaching(learning: Running) -> None:
    learner = await learning.open_account()
    ids = await learning.enrol(learner)
    await learning.complete(learner, ids["enrolment_id"])
    pay = f"/me/invoices/{ids['invoice_id']}/payment"
    paid = await learning.ask("POST", pay, who=learner, json={"method": "card"})
    assert paid.status_code == 200

    async def both_known() -> bool:
        known = await learning.get("/invoices", role=Role.BILLING)
        return bool(known["items"]) and known["items"][0]["status"] == "paid"

    await eventually(both_known)
    billing = await learning.get("/invoices", role=Role.BILLING)
    assert billing["items"][0]["billing_name"] == "Ada Canari"
    assert billing["items"][0]["amount_cents"] == 9000
    seen = json.dumps(billing)
    for word in ("budget-request", ids["enrolment_id"], "answer", "score", "module"):
        assert word not in seen

    await learning.assign("staff")
    await learning.settled("learners", learner, groups=GROUPS)
    history = await learning.get(f"/learners/{learner}/history", role=Role.TRAINER)
    assert history["enrolments"][0]["score"] == 100
    learners = await learning.get("/learners", role=Role.TRAINER)
    assert learners["items"][0]["first_name"] == "Ada"
    seen = json.dumps([history, learners])
    for word in ("invoice", "9000", "card", "payment", "amount", ids["invoice_id"]):
        assert word not in seen


@pytest.mark.promise("C4.2")
async def test_what_the_table_does_not_give_the_vault_does_not_open_though_it_has_the_key(
    learning: Running,
) -> None:
    learner = await learning.open_account()
    ids = await learning.enrol(learner)
    await learning.settled("invoices", ids["invoice_id"], learner_id=learner)
    assert "Ada Canari" in (await learning.ask("GET", "/invoices", role=Role.BILLING)).text
    await learning.assign("somebody")
    given = learning.app.state.rights
    entries = [
        right.model_copy(update={"categories": []})
        if {Role.BILLING, Role.TRAINER} & set(right.roles)
        else right
        for right in given.entries
    ]
    learning.app.state.rights = Rights(given.conditions, entries)
    refused = await learning.ask("GET", "/invoices", role=Role.BILLING)
    assert refused.status_code == 500
    assert "Ada" not in refused.text
    session = {"learner_id": learner, "title": "Séance canari", "location": "salle-1"}
    recorded = await learning.ask("POST", "/recordings", role=Role.TRAINER, json=session)
    assert recorded.json()["code"] == "forbidden"
    mine = await learning.ask("GET", "/me/invoices", who=learner)
    assert mine.json()["items"][0]["billing_name"] == "Ada Canari"


@pytest.mark.promise("C4.2", "C7.4")
async def test_what_staff_were_shown_is_recorded_and_says_nothing_of_it(learning: Running) -> None:
    learner = await learning.open_account()
    ids = await learning.enrol(learner)
    await learning.complete(learner, ids["enrolment_id"])
    await learning.settled("invoices", ids["invoice_id"], learner_id=learner)
    await learning.assign("staff-7")
    await learning.get(f"/learners/{learner}/history", who="staff-7", role=Role.TRAINER)
    await learning.get("/invoices", who="staff-8", role=Role.BILLING)
    await learning.get(f"/learners/{learner}/held-data", who="staff-9", role=Role.DPO)
    await learning.get("/me/invoices", who=learner)
    query = {"events.type": "PersonalDataRead", "subject": learner}
    commits = await learning.database.collection("commits").find(query).sort("_id", 1).to_list(None)
    (told,) = zip(*(one["events"] for one in commits), strict=True)
    name, history = "civil_identity", "learning_history"
    assert [(one["data"]["reader"], one["data"]["categories"]) for one in told] == [
        ("staff-7", [name, history]),
        ("staff-8", ["payment"]),
        ("staff-9", [history, "payment"]),
    ]
    for value in ("Ada", "Canari", "45 000", "9000"):
        assert value not in json.dumps([one["data"] for one in told])


@pytest.mark.promise("C4.2", "C6.3", "C7.4")
async def test_who_broke_the_glass_reads_one_learner_marked_until_the_time_is_over(
    learning: Running,
) -> None:
    ada, bob = await learning.open_account(), await learning.open_account()
    for learner in (ada, bob):
        ids = await learning.enrol(learner)
        await learning.complete(learner, ids["enrolment_id"])
    await learning.employ("trainer-1")
    until = learning.clock.now() + timedelta(minutes=30)

    async def take(access_id: str, learner: str) -> None:
        taken = BreakGlassTaken(
            access_id=access_id,
            subject_id=SubjectId(learner),
            taken_by="trainer-1",
            role="trainer",
            month="2030-03",
            reason=Personal("une urgence de test, inventée"),
            categories=(Category.CIVIL_IDENTITY, Category.LEARNING_HISTORY),
            until=until,
        )
        await learning.outside.publish("identity", learner, taken)
        known = {access_id: {"taken_by": "trainer-1", "until": until}}
        await learning.settled("break_glass", learner, accesses=known)

    async def ask(learner: str, who: str = "trainer-1") -> Response:
        path = f"/learners/{learner}/history"
        return await learning.ask("GET", path, who=who, role=Role.TRAINER)

    assert (await ask(ada)).status_code == 404
    await take("access-1", ada)
    seen = (await ask(ada)).json()
    assert (seen["first_name"], len(seen["enrolments"])) == ("Ada", 1)
    assert seen["break_glass_until"] == until.isoformat().replace("+00:00", "Z")
    assert (await ask(bob)).status_code == 404, "of this learner alone"
    assert (await ask(ada, "trainer-2")).status_code == 404, "and by who took it alone"
    body = {"learner_id": ada, "title": "Séance canari", "location": "https://video.test/1"}
    recorded = await learning.ask(
        "POST", "/recordings", who="trainer-1", role=Role.TRAINER, json=body
    )
    assert recorded.status_code == 404, "to read alone"
    query = {"events.type": "PersonalDataRead", "subject": ada}
    (commit,) = await learning.database.collection("commits").find(query).to_list(None)
    assert commit["events"][0]["data"]["break_glass"] == "access-1"

    learning.move(timedelta(minutes=30))
    assert (await ask(ada)).status_code == 404, "its time is over"
    until = learning.clock.now() + timedelta(minutes=30)
    await take("access-2", ada)
    assert (await ask(ada)).status_code == 200
    left = StaffDeparted(staff_id=SubjectId("trainer-1"))
    await learning.outside.publish("identity", "trainer-1", left)
    await learning.settled("staff", "trainer-1", departed=True)
    assert (await ask(ada)).status_code == 404, "the role is over"


@pytest.mark.promise("C2.5")
async def test_trainers_no_longer_see_an_archived_profile(learning: Running) -> None:
    learner = await learning.open_account()
    await learning.enrol(learner)
    await learning.assign("staff")
    await learning.assign("somebody")
    archived = ArchiveEntered(subject_id=SubjectId(learner))
    await learning.outside.publish("retention", learner, archived)
    await learning.settled("learners", learner, archived=True)
    listed = await learning.get("/learners", role=Role.TRAINER)
    assert listed["total"] == 0
    response = await learning.ask("GET", f"/learners/{learner}/history", role=Role.TRAINER)
    assert response.json()["code"] == "archived"


@pytest.mark.promise("C2.8")
async def test_invoice_numbers_have_no_gap_and_start_anew_each_year(learning: Running) -> None:
    numbers = []
    for module in ("budget-request", "defending-figures", "negotiating-with-finance"):
        learner = await learning.open_account()
        numbers.append((await learning.enrol(learner, module))["invoice_id"])
    assert numbers == ["F2030-000001", "F2030-000002", "F2030-000003"]
    # The hint is lost, as after a restore: numbering goes on where it stood.
    await learning.database.collection("invoice_numbers").delete_many({})
    learner = await learning.open_account()
    assert (await learning.enrol(learner))["invoice_id"] == "F2030-000004"
    learning.move(timedelta(days=366))
    learner = await learning.open_account()
    assert (await learning.enrol(learner))["invoice_id"] == "F2031-000001"


@pytest.mark.promise("C8.3", "C5.1", "C3.1")
async def test_an_objection_stops_suggestions_and_courses_stay_open(learning: Running) -> None:
    learner = await learning.open_account()
    ids = await learning.enrol(learner)
    computed = await learning.get("/me/suggestions", who=learner)
    assert computed["status"] == "computed"
    assert all(one["reason"] for one in computed["items"])
    assert "budget-request" not in [one["module_id"] for one in computed["items"]]

    raised = ObjectionRaised(learner_id=SubjectId(learner), purpose="suggestions")
    await learning.outside.publish("consent", learner, raised)
    await learning.knows(learner, "objection:suggestions")
    stopped = await learning.get("/me/suggestions", who=learner)
    assert (stopped["status"], stopped["items"]) == ("stopped", [])
    assert "object" in stopped["reason"]
    answered = await learning.answer(learner, ids["enrolment_id"], "best-opening", "b")
    assert answered.status_code == 200

    lifted = ObjectionLifted(learner_id=SubjectId(learner), purpose="suggestions")
    await learning.outside.publish("consent", learner, lifted)
    await learning.knows(learner, "objection:suggestions", holds=False)
    assert (await learning.get("/me/suggestions", who=learner))["status"] == "computed"


@pytest.mark.promise("C2.10")
async def test_a_recording_is_kept_at_the_learners_request(learning: Running) -> None:
    learner = await learning.open_account()
    await learning.enrol(learner)
    await learning.assign("somebody")
    body = {"learner_id": learner, "title": "Séance 1", "location": "salle-1"}
    made = await learning.ask("POST", "/recordings", role=Role.TRAINER, json=body)
    assert made.status_code == 201
    path = f"/me/recordings/{made.json()['recording_id']}/keep"
    refused = await learning.ask("PUT", path, who=learner)
    assert (refused.status_code, refused.json()["code"]) == (409, "consent-missing")
    await learning.agree_to_keeping(learner)
    for method, kept in (("PUT", True), ("DELETE", False)):
        assert (await learning.ask(method, path, who=learner)).status_code == 204
        mine = await learning.get("/me/recordings", who=learner)
        assert mine["items"][0]["kept"] is kept
        assert mine["items"][0]["title"] == "Séance 1"
    assert (await learning.ask("PUT", path, who="other")).status_code == 404


@pytest.mark.promise("C8.1")
async def test_held_data_shows_every_value_with_its_object(learning: Running) -> None:
    learner = await learning.open_account()
    ids = await learning.enrol(learner)
    await learning.answer(learner, ids["enrolment_id"], "best-opening", "b")
    held = (await learning.get("/me/held-data", who=learner))["items"]
    by_field = {one["field"]: one for one in held}
    assert set(by_field) == {"answer", "score", "billing_name", "amount_cents"}
    assert by_field["answer"]["object"] == ids["enrolment_id"]
    assert by_field["answer"]["category"] == "learning_history"
    assert by_field["answer"]["value"].startswith("22%")
    assert by_field["billing_name"]["object"] == ids["invoice_id"]
    assert by_field["amount_cents"]["value"] == "9000"
    dpo = await learning.get(f"/learners/{learner}/held-data", role=Role.DPO)
    assert dpo["items"] == held
    refused = await learning.ask("GET", f"/learners/{learner}/held-data", role=Role.TRAINER)
    assert refused.status_code == 403
