"""From a term that ran out, or a request, to the certificate: on the real engines."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.retention.projections.lives import Lives
from shared.events import consent, identity, learning
from shared.events.base import SubjectId
from shared.http.auth import Role
from shared.personal import Category, Personal
from shared.vault import KeyDestroyedError, KeyId
from tests.integration.retention.conftest import START, World
from tests.waiting import caught_up, eventually, maintained

WHO = SubjectId("learner-1")


async def live_a_life(world: World, subject: SubjectId = WHO) -> None:
    """Register, sign in, enrol, answer, be invoiced."""
    await world.tell(
        subject,
        identity.LearnerRegistered(
            learner_id=subject,
            first_name=Personal("Prénom"),
            last_name=Personal("Nom"),
            email=Personal(f"{subject}@canary.test"),
            language="fr",
            minor=False,
        ),
    )
    await world.tell(subject, identity.EmailConfirmed(learner_id=subject))
    await world.tell(subject, identity.LearnerLoggedIn(learner_id=subject))
    await world.tell(
        subject,
        learning.CourseEnrolled(
            learner_id=subject,
            enrolment_id="e1",
            module_id="m1",
            access_until=date(2027, 3, 2),
        ),
        stream="enrolment-e1",
    )
    await world.tell(
        subject,
        learning.ExerciseAnswered(
            learner_id=subject,
            enrolment_id="e1",
            module_id="m1",
            exercise_id="x1",
            answer=Personal("réponse"),
            score=Personal(80),
        ),
        stream="enrolment-e1",
    )
    await world.tell(
        subject,
        learning.InvoiceIssued(
            learner_id=subject,
            invoice_id="F2026-000001",
            enrolment_id="e1",
            accounting_year_end=date(2026, 12, 31),
            billing_name=Personal("Prénom Nom"),
            amount_cents=Personal(12000),
        ),
        stream="invoice-F2026-000001",
    )
    await world.knows(subject, 5)


@pytest.mark.promise("C2.1", "C2.3", "C2.4", "C8.1")
async def test_every_datum_shows_its_date_and_its_rule(world: World) -> None:
    await live_a_life(world)
    clocks = {(c["category"], c["object"]): c for c in await world.my_clocks(WHO)}
    assert set(clocks) == {
        ("civil_identity", "-"),
        ("contact", "-"),
        ("credentials", "-"),
        ("learning_history", "e1"),
        ("payment", "F2026-000001"),
    }
    name = clocks["civil_identity", "-"]
    assert datetime.fromisoformat(name["due"]) == START.replace(year=2029)
    assert name["promises"][:2] == ["C2.1", "C2.5"]
    assert [p["name"] for p in name["phases"]] == ["active", "archive", "deleted"]
    assert name["state"] == "running"
    invoice = clocks["payment", "F2026-000001"]
    assert datetime.fromisoformat(invoice["due"]) == datetime(2036, 12, 31, 23, tzinfo=UTC)


@pytest.mark.promise("C2.11", "C2.1", "C2.5", "C2.4")
async def test_what_is_due_goes_by_itself_as_the_preview_said(world: World) -> None:
    await live_a_life(world)
    preview = await world.get("/preview?until=2029-03-02")
    announced = {(i["subject"], i["category"], i["object"]) for i in preview["items"]}
    assert announced == {
        (WHO, category, "-") for category in ("civil_identity", "contact", "credentials")
    }
    world.clock.move_to(START.replace(year=2029) - timedelta(days=20))
    told = await world.sweep()
    assert (told["announced"], told["archived"], told["cases_opened"]) == (1, 1, 0)
    again = await world.sweep()
    assert (again["announced"], again["archived"]) == (0, 0)
    world.clock.move_to(START.replace(year=2029))
    figures = await world.sweep()
    assert (figures["cases_opened"], figures["scopes_ordered"]) == (1, 3)
    case = (await world.certified(1))[0]
    done = {(case["subject"], s["category"], s["object"]) for s in case["scopes"]}
    assert done == announced
    for scope in case["scopes"]:
        key_id = KeyId(WHO, Category(scope["category"]), scope["object"])
        assert await world.vaults["retention"].is_destroyed(key_id)
        with pytest.raises(KeyDestroyedError):
            await world.fresh_vault("identity").seal("x", key_id=key_id, field="probe")
    live = await world.vaults["retention"].live_keys(WHO)
    assert {key.category for key in live} == {Category.LEARNING_HISTORY, Category.PAYMENT}
    assert (await world.sweep())["cases_opened"] == 0
    certificate = await world.get(f"/certificates/{case['case_id']}")
    assert certificate["genuine"]
    assert {a["service"] for a in certificate["acknowledgements"]} == {
        "identity",
        "learning",
        "consent",
        "notify",
        "retention",
    }
    assert len(certificate["ledger"]) == 3
    assert (await world.get(f"/certificates?subject={WHO}"))["total"] == 1
    steps = [s["step"] for s in (await world.get(f"/cases/{case['case_id']}"))["steps"]]
    assert steps[:3] == ["CasePlanned", "PersonNotified", "OrderGiven"]
    assert steps[-2:] == ["ErasureVerified", "CaseCertified"]


@pytest.mark.promise("C8.4")
async def test_a_request_erases_all_but_what_the_law_keeps(world: World) -> None:
    await live_a_life(world)
    plan = await world.get("/me/erasure", WHO, Role.LEARNER)
    assert [(s["category"], s["reason"]) for s in plan["stays"]] == [
        ("payment", "legal_obligation")
    ]
    learner = world.headers(WHO, Role.LEARNER)
    refused = await world.client.post("/me/erasure", json={"confirm": False}, headers=learner)
    assert refused.status_code == 422
    accepted = await world.client.post("/me/erasure", json={"confirm": True}, headers=learner)
    assert accepted.status_code == 202
    case = (await world.certified(1))[0]
    assert case["case_id"] == accepted.json()["case_id"]
    live = await world.vaults["retention"].live_keys(WHO)
    assert [key.category for key in live] == [Category.PAYMENT]
    again = await world.client.post("/me/erasure", json={"confirm": True}, headers=learner)
    assert again.status_code == 409
    world.clock.move_to(datetime(2036, 12, 31, 22, 59, tzinfo=UTC))
    assert (await world.sweep())["cases_opened"] == 0
    world.clock.move_to(datetime(2036, 12, 31, 23, tzinfo=UTC))
    assert (await world.sweep())["cases_opened"] == 1
    await world.certified(2)
    assert await world.vaults["retention"].live_keys(WHO) == []


@pytest.mark.promise("C6.2", "C8.4")
async def test_a_hold_stops_and_its_end_resumes(world: World) -> None:
    await live_a_life(world)
    body = {
        "subject_id": WHO,
        "categories": ["learning_history", "contact"],
        "ground": "litigation",
        "expires_at": "2026-06-30",
        "reference": "RG-26-00001",
    }
    officer = world.headers("dpo-1", Role.DPO)
    placed = await world.client.post("/holds", json=body, headers=officer)
    assert placed.status_code == 201
    hold_id = placed.json()["hold_id"]
    learner = world.headers(WHO, Role.LEARNER)
    await world.client.post("/me/erasure", json={"confirm": True}, headers=learner)
    await world.certified(1)
    kept = {key.category for key in await world.vaults["retention"].live_keys(WHO)}
    assert kept == {Category.LEARNING_HISTORY, Category.CONTACT, Category.PAYMENT}

    async def listed() -> bool:
        items = (await world.get("/holds"))["items"]
        return [one["state"] for one in items] == ["active"]

    await eventually(listed)
    world.clock.move_to(datetime(2032, 1, 1, tzinfo=UTC))
    officer = world.headers("dpo-1", Role.DPO)
    assert (await world.sweep())["holds_expired"] == 1

    async def gone() -> bool:
        await world.sweep()
        live = await world.vaults["retention"].live_keys(WHO)
        return {key.category for key in live} == {Category.PAYMENT}

    await eventually(gone)
    lift = {"outcome": "lift", "reason": "proceedings_over"}
    lifted = await world.client.post(f"/holds/{hold_id}/review", json=lift, headers=officer)
    assert lifted.status_code == 409


@pytest.mark.promise("C2.2", "C9.2")
async def test_after_closure_and_withdrawal_the_address_goes_with_the_contract(
    world: World,
) -> None:
    await live_a_life(world)
    granted = consent.ConsentGranted(
        learner_id=WHO,
        purpose="newsletter",
        text_version="v1",
        language="fr",
        channel="portal",
    )
    await world.tell(WHO, granted, stream=f"consents-{WHO}")
    withdrawn = consent.ConsentWithdrawn(
        learner_id=WHO, purpose="newsletter", channel="unsubscribe_link"
    )
    await world.tell(WHO, withdrawn, stream=f"consents-{WHO}")
    await world.knows(WHO, 6)
    clock = next(c for c in await world.my_clocks(WHO) if c["rule_id"] == "contact-withdrawal")
    assert clock["state"] == "waiting"
    ended = learning.EnrolmentEnded(learner_id=WHO, enrolment_id="e1", reason="account_closed")
    await world.tell(WHO, ended, stream="enrolment-e1")
    await world.tell(WHO, identity.AccountClosed(learner_id=WHO, reason="learner"))

    async def gone() -> bool:
        await world.sweep()
        live = await world.vaults["retention"].live_keys(WHO)
        return Category.CONTACT not in {key.category for key in live}

    await eventually(gone)
    case = (await world.certified(1))[0]
    assert case["reason"] == "consent_withdrawn"
    live = {key.category for key in await world.vaults["retention"].live_keys(WHO)}
    assert Category.CIVIL_IDENTITY in live


@pytest.mark.promise("C8.4", "C2.11")
async def test_a_late_participant_is_asked_again_and_the_officer_is_told(world: World) -> None:
    await live_a_life(world)
    await world.stop("notify")
    learner = world.headers(WHO, Role.LEARNER)
    await world.client.post("/me/erasure", json={"confirm": True}, headers=learner)

    async def waits_for_notify() -> bool:
        found = (await world.get("/cases"))["items"]
        missing = [(await world.get(f"/cases/{c['case_id']}"))["missing"] for c in found]
        return missing == [["notify"]]

    await eventually(waits_for_notify)
    world.clock.move_to(START + timedelta(hours=2))
    figures = await world.sweep()
    assert figures["cases_open"] == 1

    async def alarmed() -> bool:
        items = (await world.get("/alarms"))["items"]
        return [one["kind"] for one in items] == ["late_participant"]

    await eventually(alarmed)
    await world.start("notify")
    await world.certified(1)

    async def settled() -> bool:
        total: int = (await world.get("/alarms"))["total"]
        return total == 0

    await eventually(settled)


@pytest.mark.promise("C8.4", "C7.5")
async def test_after_a_restore_the_ledger_forgets_again_before_serving(world: World) -> None:
    await live_a_life(world)
    vault = world.mongo.database("vault")
    keys, tombstones = vault.collection("keys"), vault.collection("tombstones")
    backup = [document async for document in keys.find({"subject": WHO})]
    learner = world.headers(WHO, Role.LEARNER)
    await world.client.post("/me/erasure", json={"confirm": True}, headers=learner)
    await world.certified(1)
    await keys.delete_many({"subject": WHO})
    await keys.insert_many(backup)
    assert len(await world.vaults["retention"].live_keys(WHO)) == 1, "the tombstones stand"
    await tombstones.delete_many({})
    assert len(await world.vaults["retention"].live_keys(WHO)) == 4
    await world.restart_retention()
    live = await world.vaults["retention"].live_keys(WHO)
    assert [key.category for key in live] == [Category.PAYMENT]


async def test_a_rebuilt_read_model_equals_the_running_one(world: World) -> None:
    await live_a_life(world)
    learner = world.headers(WHO, Role.LEARNER)
    await world.client.post("/me/erasure", json={"confirm": True}, headers=learner)
    await world.certified(1)
    lives = world.mongo.database("retention").collection("lives")

    async def facts() -> list[dict[str, object]]:
        documents = [d async for d in lives.find({}).sort("_id", 1)]
        hidden = {"_rev", "_seen", "folds", *Lives.beside}
        return [{k: v for k, v in d.items() if k not in hidden} for d in documents]

    async def settled() -> bool:
        life = await lives.find_one({"_id": WHO})
        certified = any(name.endswith("/certified") for name, _ in (life or {"first": []})["first"])
        clocks = await world.get(f"/learners/{WHO}/clocks")
        gone = {c["category"] for c in clocks["items"] if c["state"] == "done"}
        return certified and len(gone) == 4

    operator = world.headers("operator", Role.SYSTEM)
    await eventually(settled)
    await caught_up(world.client, operator)
    before = await facts()
    for name in ("lives", "cases", "holds", "alarms"):
        await maintained(world.client, operator, name, "rebuild")
    assert await facts() == before
    for name in ("lives", "cases", "holds", "alarms"):
        found = await maintained(world.client, operator, name, "verify")
        assert found["comparison"]["examples"] == []


async def test_no_learner_reads_another_ones_clocks(world: World) -> None:
    await live_a_life(world)
    assert await world.my_clocks("somebody-else") == []
    answer = await world.client.get("/clocks", headers=world.headers(WHO, Role.LEARNER))
    assert answer.status_code == 403
    assert (await world.client.get("/rules")).json()["version"] == "2025-01-12"
    page = await world.get("/clocks?state=running")
    assert page["total"] == 5
    status = await world.get("/status")
    assert (status["running"], status["alarms"], status["late"]) == (5, 0, 0)
