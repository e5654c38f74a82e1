"""Holds on the real engines: matters, reviews, secrecy, and erasure that goes on by itself."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.events.archive import AccessReason, ArchivedDataRead
from shared.events.base import SubjectId
from shared.http.auth import Role
from shared.personal import Category
from tests.integration.retention.conftest import START, World
from tests.integration.retention.test_erasure import WHO, live_a_life
from tests.waiting import eventually

OTHER = SubjectId("learner-2")
COURT = {"ground": "litigation", "authority": "court", "reference": "RG-26-00001"}


async def ask(
    world: World, method: str, path: str, body: object = None, *, expect: int = 204
) -> Any:
    """Ask something as the officer and return the answer, which must be `expect`."""
    answer = await world.client.request(
        method, path, json=body, headers=world.headers("dpo-1", Role.DPO)
    )
    assert answer.status_code == expect, answer.text
    return answer.json() if answer.content else None


async def place(world: World, subject: str, **body: object) -> str:
    """Place a hold and wait until it is listed."""
    wanted = {"subject_id": subject, "expires_at": "2031-12-31", **body}
    hold_id: str = (await ask(world, "POST", "/holds", wanted, expect=201))["hold_id"]
    await listed(world, hold_id, state="active")
    return hold_id


async def listed(world: World, hold_id: str, **expected: object) -> None:
    """Wait until the list of holds shows `expected` of a hold."""

    async def so() -> bool:
        items = (await world.get("/holds"))["items"]
        found: dict[str, Any] = next((o for o in items if o["hold_id"] == hold_id), {})
        return all(found.get(name) == value for name, value in expected.items())

    await eventually(so)


async def live(world: World, subject: str = WHO) -> set[tuple[Category, str]]:
    """Return the scopes of a person that still have a key."""
    keys = await world.vaults["retention"].live_keys(SubjectId(subject))
    return {(key.category, key.object) for key in keys}


async def swept(world: World, expected: set[tuple[Category, str]]) -> None:
    """Sweep until just `expected` is left of the person."""

    async def so() -> bool:
        await world.sweep()
        return await live(world) == expected

    await eventually(so)


@pytest.mark.promise("C8.4", "C6.2", "C2.4", "C2.8")
async def test_an_erasure_goes_on_by_itself_as_each_reason_to_keep_ends(world: World) -> None:
    await live_a_life(world)
    invoice, enrolment = (Category.PAYMENT, "F2026-000001"), (Category.LEARNING_HISTORY, "e1")
    scope = {"category": "learning_history", "object": "e1"}
    hold_id = await place(world, WHO, scopes=[scope], **COURT)
    plan = await world.get("/me/erasure", WHO, Role.LEARNER)
    assert [(s["category"], s["object"], s["reason"], s["until"]) for s in plan["stays"]] == [
        ("learning_history", "e1", "hold", "2031-12-31T23:00:00Z"),
        ("payment", "F2026-000001", "legal_obligation", "2036-12-31T23:00:00Z"),
    ]
    assert all(stay["text"] for stay in plan["stays"])
    learner = world.headers(WHO, Role.LEARNER)
    await world.client.post("/me/erasure", json={"confirm": True}, headers=learner)
    first = (await world.certified(1))[0]
    assert await live(world) == {invoice, enrolment}
    assert first["closes_account"], "the person asked: the account ends though a part is kept"
    states = {c["category"]: (c["state"], c["hold_until"]) for c in await world.my_clocks(WHO)}
    assert states["learning_history"] == ("held", "2031-12-31T23:00:00Z")
    assert states["payment"] == ("running", None)
    assert states["contact"][0] == "done"

    world.clock.move_to(START.replace(year=2028))
    await world.lift(hold_id)
    await swept(world, {invoice})
    await world.certified(2)
    stays = (await world.get("/me/erasure", WHO, Role.LEARNER))["stays"]
    assert [stay["category"] for stay in stays] == ["payment"]

    world.clock.move_to(datetime(2036, 12, 31, 22, 59, tzinfo=UTC))
    assert (await world.sweep())["cases_opened"] == 0
    world.clock.move_to(datetime(2036, 12, 31, 23, tzinfo=UTC))
    await swept(world, set())
    cases = {one["case_id"]: one for one in await world.certified(3)}
    certificates = (await world.get("/me/certificates", WHO, Role.LEARNER))["items"]
    assert [c["genuine"] for c in certificates] == [True] * 3
    assert {c["certificate_id"] for c in certificates} == set(cases)
    assert [s["category"] for s in certificates[0]["scopes"]] == ["payment"]
    assert (await world.get("/me/erasure", WHO, Role.LEARNER))["stays"] == []


@pytest.mark.promise("C6.2")
async def test_reviews_are_asked_for_and_an_overdue_one_alarms_until_it_is_done(
    world: World,
) -> None:
    await live_a_life(world)
    hold_id = await place(
        world, WHO, categories=["contact", "civil_identity"], reviewer="dpo-2", **COURT
    )
    world.clock.move_to(START + timedelta(days=80))
    figures = await world.sweep()
    assert (figures["reviews_reminded"], figures["holds_disclosed"]) == (1, 1)
    await listed(world, hold_id, review="to_review", told=True)
    assert (await world.get("/holds?state=to_review"))["total"] == 1
    assert (await world.sweep())["reviews_reminded"] == 0

    world.clock.move_to(START + timedelta(days=93))
    assert (await world.sweep())["reviews_reminded"] == 1

    async def alarms(*kinds: str) -> None:
        async def so() -> bool:
            items = (await world.get("/alarms"))["items"]
            return [one["kind"] for one in items] == list(kinds)

        await eventually(so)

    await alarms("hold_review_overdue")
    assert (await world.get("/holds?state=overdue"))["items"][0]["hold_id"] == hold_id
    narrower = {"outcome": "narrow", "categories": ["contact"], "reason": "less_is_needed"}
    wrong = {**narrower, "categories": ["support"]}
    problem = await ask(world, "POST", f"/holds/{hold_id}/review", wrong, expect=422)
    assert problem["code"] == "hold-narrowing"
    officer = world.headers("dpo-1", Role.DPO)
    path = f"/holds/{hold_id}/review"
    await world.agreed(await world.client.post(path, json=narrower, headers=officer))
    await alarms()
    await listed(world, hold_id, review="none", categories=["contact"])
    history = (await world.get(f"/holds/{hold_id}"))["history"]
    assert [one["event"] for one in history] == [
        "HoldWasPlaced",
        "HoldWasDisclosed",
        "ReviewWasReminded",
        "ReviewWentOverdue",
        "HoldWasReviewed",
    ]
    extension = {"expires_at": "2033-12-31", "reason": "demand_renewed", "reference": "RG-31-7"}
    await ask(world, "POST", f"/holds/{hold_id}/extension", extension)
    await listed(world, hold_id, expires_at="2033-12-31T23:00:00Z")
    mine = (await world.get("/me/holds", WHO, Role.LEARNER))["items"]
    assert [(h["ground"], h["authority"], h["expires_at"]) for h in mine] == [
        ("litigation", "court", "2033-12-31T23:00:00Z")
    ]
    assert "reference" not in json.dumps(mine), "the file number is the officer's alone"


@pytest.mark.promise("C6.2")
async def test_closing_a_matter_lifts_its_holds_and_lets_none_join(world: World) -> None:
    await live_a_life(world)
    requisition = {"ground": "requisition", "authority": "prosecutor", "reference": "PQ-26-9"}
    matter_id = (await ask(world, "POST", "/matters", requisition, expect=201))["matter_id"]
    holds = [
        await place(world, who, categories=["contact"], matter_id=matter_id) for who in (WHO, OTHER)
    ]
    alone = await place(world, WHO, categories=["support"], **COURT)
    shown = await world.get(f"/holds/{holds[0]}")
    assert (shown["ground"], shown["authority"]) == ("requisition", "prosecutor")
    matters = (await world.get("/matters?state=open"))["items"]
    assert {(m["reference"], m["active_holds"]) for m in matters} == {
        ("PQ-26-9", 2),
        ("RG-26-00001", 1),
    }
    over = {"reason": "demand_withdrawn"}
    asked = await ask(world, "POST", f"/matters/{matter_id}/closure", over, expect=202)
    path = f"/proposals/{asked['proposal_id']}"
    own = await ask(world, "POST", f"{path}/confirmation", {}, expect=403)
    assert own["code"] == "same-person"

    async def awaited() -> bool:
        return bool((await world.get("/proposals?state=open"))["total"] == 1)

    await eventually(awaited)
    [open_one] = (await world.get("/proposals?state=open"))["items"]
    assert (open_one["kind"], open_one["active_holds"]) == ("close_matter", 2)
    for hold_id in holds:
        await listed(world, hold_id, state="active")
    administrator = world.headers("admin-1", Role.ADMINISTRATOR)
    answer = await world.client.post(f"{path}/confirmation", json={}, headers=administrator)
    assert answer.status_code == 204
    assert await ask(world, "POST", f"{path}/refusal", expect=409)
    for hold_id in holds:
        await listed(world, hold_id, state="lifted")
    await listed(world, alone, state="active")
    late = {"subject_id": WHO, "categories": ["contact"], "expires_at": "2031-12-31"}
    problem = await ask(world, "POST", "/holds", {**late, "matter_id": matter_id}, expect=409)
    assert problem["code"] == "matter-over"
    assert await ask(world, "POST", f"/matters/{matter_id}/closure", over, expect=409)
    assert (await world.get("/holds?state=ended"))["total"] == 2


@pytest.mark.promise("C6.2", "C4.3")
async def test_what_is_refused_withdrawn_or_too_old_does_not_take_place(world: World) -> None:
    await live_a_life(world)
    hold_id = await place(world, WHO, categories=["contact"], **COURT)
    lift = {"outcome": "lift", "reason": "mistake"}

    async def asked() -> str:
        answer = await ask(world, "POST", f"/holds/{hold_id}/review", lift, expect=202)
        return f"/proposals/{answer['proposal_id']}"

    refused, withdrawn, late = [await asked() for _ in range(3)]
    second = world.headers("dpo-2", Role.DPO)
    await world.client.post(f"{refused}/refusal", headers=second)
    await ask(world, "POST", f"{withdrawn}/refusal")
    operator = world.headers("operator", Role.SYSTEM)
    alone = await world.client.post(f"{late}/exception", headers=operator)
    assert alone.status_code == 404, "the operator's exception is for what the operator asked"

    async def open_ones(count: int) -> None:
        async def so() -> bool:
            return bool((await world.get("/proposals?state=open"))["total"] == count)

        await eventually(so)

    await open_ones(1)
    world.clock.move_to(START + timedelta(days=8))
    assert (await world.sweep())["proposals_expired"] == 1
    await open_ones(0)
    second = world.headers("dpo-2", Role.DPO)
    over = await world.client.post(f"{late}/confirmation", json={}, headers=second)
    assert over.json()["code"] == "proposal-over"
    outcomes = [(await world.get(path))["outcome"] for path in (refused, withdrawn, late)]
    assert outcomes == ["refused", "withdrawn", "expired"]
    await listed(world, hold_id, state="active")


LEARNERS = ("/me/clocks", "/me/erasure", "/me/holds", "/me/certificates", "/me/readings")


def reading(who: str, reason: AccessReason) -> ArchivedDataRead:
    """Return that the officer read archived data of somebody."""
    return ArchivedDataRead(
        subject_id=SubjectId(who),
        service="identity",
        reader="dpo-1",
        role="dpo",
        categories=(Category.CONTACT,),
        reason=reason,
        reference="none",
    )


def anonymous(answers: object, who: str) -> object:
    """Return `answers` without what differs between any two persons and any two cases."""
    text = json.dumps(answers).replace(who, "somebody")
    return json.loads(text)


@pytest.mark.promise("C6.2", "C8.4")
async def test_no_answer_tells_a_person_of_a_hold_that_must_stay_secret(world: World) -> None:
    """One of two equal persons is under a secret hold: their answers stay equal."""
    for who in (WHO, OTHER):
        await live_a_life(world, who)
    hold_id = await place(
        world, WHO, categories=["contact", "profile"], disclosed_from="2027-03-02", **COURT
    )
    assert (await world.sweep())["holds_disclosed"] == 0
    told: tuple[tuple[SubjectId, AccessReason], ...] = (
        (WHO, "complaint"),
        (OTHER, "complaint"),
        (WHO, "requisition"),
    )
    for who, reason in told:
        await world.tell(who, reading(who, reason), service="identity", stream=f"{reason}-{who}")

    async def readings(count: int) -> None:
        async def so() -> bool:
            total: int = (await world.get("/archive-readings"))["total"]
            return total == count

        await eventually(so)

    await readings(3)

    async def answers(who: str) -> object:
        found = [await world.get(path, who, Role.LEARNER) for path in LEARNERS]
        return anonymous(found, who)

    assert await answers(WHO) == await answers(OTHER)
    for who in (WHO, OTHER):
        learner = world.headers(who, Role.LEARNER)
        asked = await world.client.post("/me/erasure", json={"confirm": True}, headers=learner)
        assert (asked.status_code, set(asked.json())) == (202, {"case_id"})
    await world.certified(2)
    assert (Category.CONTACT, "-") in await live(world), "the hold is not broken"
    assert (Category.CONTACT, "-") not in await live(world, OTHER)

    async def same() -> bool:
        def told(found: Any) -> Any:
            clocks = [
                {k: v for k, v in c.items() if k not in {"gone_at", "case_id", "phases"}}
                for c in found[0]["items"]
            ]
            certificates = [set(c) for c in found[3]["items"]]
            withheld = [c["withheld"] for c in found[3]["items"]]
            return clocks, found[1], found[2], certificates, withheld, found[4]

        return told(await answers(WHO)) == told(await answers(OTHER))  # type: ignore[no-any-return]

    await eventually(same)
    for who in (WHO, OTHER):
        learner = world.headers(who, Role.LEARNER)
        again = await world.client.post("/me/erasure", json={"confirm": True}, headers=learner)
        assert again.status_code == 409, "there is nothing left that either may know of"

    world.clock.move_to(START.replace(year=2027))
    assert (await world.sweep())["holds_disclosed"] == 1
    await listed(world, hold_id, told=True)
    mine = (await world.get("/me/holds", WHO, Role.LEARNER))["items"]
    assert [(one["ground"], one["state"]) for one in mine] == [("litigation", "active")]
    read = (await world.get("/me/readings", WHO, Role.LEARNER))["items"]
    assert sorted(one["reason"] for one in read) == ["complaint", "requisition"]
    stays = (await world.get("/me/erasure", WHO, Role.LEARNER))["stays"]
    assert ("contact", "hold") in [(stay["category"], stay["reason"]) for stay in stays]
