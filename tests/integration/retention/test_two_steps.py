"""First unreadable for everybody, then, after a safety delay, destroyed for good."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.http.auth import Role
from shared.personal import Category
from shared.relay.relay import Relay
from shared.vault import KeyDisabledError, KeyId, KeyState
from tests.integration.retention.conftest import START, World
from tests.integration.retention.test_erasure import WHO, live_a_life
from tests.waiting import eventually

DELAY = timedelta(hours=48)
CONTACT = KeyId(WHO, Category.CONTACT, "-")
NAME = KeyId(WHO, Category.CIVIL_IDENTITY, "-")


@pytest.fixture
def delay_hours() -> float:
    return DELAY / timedelta(hours=1)


async def _request(world: World) -> dict[str, Any]:
    """Live a life, ask for erasure and return the case once everything is disabled."""
    await live_a_life(world)
    learner = world.headers(WHO, Role.LEARNER)
    await world.client.post("/me/erasure", json={"confirm": True}, headers=learner)
    return (await world.in_state("disabled"))[0]


async def _hold(world: World, *categories: str) -> str:
    body = {
        "subject_id": WHO,
        "categories": categories,
        "ground": "litigation",
        "expires_at": "2026-06-30",
        "reference": "RG-26-00001",
    }
    officer = world.headers("dpo-1", Role.DPO)
    placed = await world.client.post("/holds", json=body, headers=officer)
    hold_id: str = placed.json()["hold_id"]
    return hold_id


async def _live(world: World) -> set[str]:
    return {str(key.category) for key in await world.vaults["retention"].live_keys(WHO)}


@pytest.mark.promise("C8.4", "C2.11")
async def test_gone_begins_with_disabling_and_both_instants_are_certified(world: World) -> None:
    case = await _request(world)
    assert await _live(world) == {"payment"}
    with pytest.raises(KeyDisabledError):
        await world.fresh_vault("identity").seal("x", key_id=CONTACT, field="probe")
    clock = next(c for c in await world.my_clocks(WHO) if c["category"] == "contact")
    assert (clock["state"], clock["destroyed_at"]) == ("done", None)
    since, planned = (datetime.fromisoformat(clock[at]) for at in ("gone_at", "destroy_at"))
    assert (since, planned) == (START, START + DELAY)
    assert (await world.get("/ledger/verification"))["destroyed_keys"] == 0
    figures = await world.sweep()
    assert figures["cases_open"] == 1
    assert 0 < figures["next_in_seconds"] <= DELAY.total_seconds()
    await world.restart_retention()
    world.clock.move_to(START + DELAY - timedelta(seconds=1))
    await world.sweep()
    vault = world.vaults["retention"]
    assert await vault.closed(CONTACT) == {CONTACT: KeyState.DISABLED}
    world.clock.move_to(START + DELAY)
    await world.sweep()
    await world.certified(1)
    assert await vault.closed(CONTACT) == {CONTACT: KeyState.DESTROYED}
    certificate = await world.get(f"/certificates/{case['case_id']}")
    assert datetime.fromisoformat(certificate["keys_disabled_at"]) == START
    assert datetime.fromisoformat(certificate["keys_destroyed_at"]) == START + DELAY
    assert (await world.get("/ledger/verification"))["unlisted_keys"] == 0
    steps = [s["step"] for s in (await world.get(f"/cases/{case['case_id']}"))["steps"]]
    order = ["KeyWasDisabled", "KeyWasDestroyed", "ErasureVerified", "CaseCertified"]
    assert [step for step in dict.fromkeys(steps) if step in order] == order


@pytest.mark.promise("C6.2", "C8.4")
async def test_a_hold_placed_meanwhile_brings_back_what_it_keeps_and_nothing_else(
    world: World,
) -> None:
    case = await _request(world)
    hold_id = await _hold(world, "contact")

    async def readable_again() -> bool:
        return await _live(world) == {"contact", "payment"}

    await eventually(readable_again)
    await world.fresh_vault("identity").seal("x", key_id=CONTACT, field="probe")
    world.clock.move_to(START + DELAY)
    await world.sweep()
    await world.certified(1)
    certificate = await world.get(f"/certificates/{case['case_id']}")
    assert [scope["category"] for scope in certificate["withheld"]] == ["contact"]
    assert "contact" not in {scope["category"] for scope in certificate["scopes"]}
    assert await world.vaults["retention"].is_destroyed(NAME)
    await world.lift(hold_id)

    async def gone_by_a_later_case() -> bool:
        await world.sweep()
        return await _live(world) == {"payment"}

    await eventually(gone_by_a_later_case)


@pytest.mark.promise("C6.2")
async def test_a_hold_over_everything_ends_the_case_with_nothing_destroyed(world: World) -> None:
    await _request(world)
    await _hold(world, "contact", "civil_identity", "credentials", "learning_history")
    certified = (await world.certified(1))[0]
    certificate = await world.get(f"/certificates/{certified['case_id']}")
    assert (certificate["scopes"], len(certificate["withheld"])) == ([], 4)
    assert await _live(world) == {"civil_identity", "contact", "learning_history", "payment"}


@pytest.mark.promise("C8.4", "C7.5")
async def test_a_restore_during_the_delay_is_closed_again_before_serving(world: World) -> None:
    await _request(world)
    await world.mongo.database("vault").collection("tombstones").delete_many({})
    assert await _live(world) == {"civil_identity", "contact", "learning_history", "payment"}
    await world.restart_retention()
    assert await _live(world) == {"payment"}


@pytest.mark.promise("C8.4", "C7.5")
async def test_what_was_disabled_for_a_case_that_a_restore_lost_is_destroyed_and_certified(
    world: World,
) -> None:
    case_id = (await _request(world))["case_id"]
    hold_id = await _hold(world, "contact")

    async def readable_again() -> bool:
        return await _live(world) == {"contact", "payment"}

    await eventually(readable_again)
    await world.lift(hold_id)

    async def published() -> bool:
        relay: Relay = world.running["retention"].state.runtime.relay
        return await relay.pending() == 0

    await eventually(published)
    await world.stop("retention")
    retention, vault = world.mongo.database("retention"), world.mongo.database("vault")
    await retention.collection("commits").delete_many({"stream": f"case-{case_id}"})
    # A vault that was put back too knows neither of the disabling nor of the ledger's entries.
    await vault.collection("tombstones").delete_many({})
    await vault.collection("restoration").delete_many({})
    await world.serve()

    async def alarms() -> list[tuple[str, str]]:
        return [(a["kind"], a["case_id"]) for a in (await world.get("/alarms"))["items"]]

    async def told() -> bool:
        return await alarms() == [("case_lost", case_id)]

    await eventually(told)
    assert await _live(world) == {"contact", "payment"}, "what a hold had enabled is open"

    async def certified() -> bool:
        await world.sweep()
        officer = world.headers("dpo-1", Role.DPO)
        answer = await world.client.get(f"/certificates/{case_id}", headers=officer)
        return answer.is_success

    assert not await certified(), "its delay is not over"
    world.clock.move_to(START + DELAY)
    await eventually(certified)
    certificate = await world.get(f"/certificates/{case_id}")
    assert certificate["reason"] == "restored"
    gone = {scope["category"] for scope in certificate["scopes"]}
    assert gone == {"civil_identity", "credentials", "learning_history"}
    assert await world.vaults["retention"].is_destroyed(NAME)

    async def over() -> bool:
        return await alarms() == []

    await eventually(over)
    assert (await world.get("/ledger/verification"))["unlisted_keys"] == 0


@pytest.mark.promise("C8.4")
async def test_a_destroyed_key_written_back_is_removed_and_the_officer_is_told(
    world: World,
) -> None:
    await live_a_life(world)
    keys = world.mongo.database("vault").collection("keys")
    older = [document async for document in keys.find({})]
    learner = world.headers(WHO, Role.LEARNER)
    await world.client.post("/me/erasure", json={"confirm": True}, headers=learner)
    await world.in_state("disabled")
    world.clock.move_to(START + DELAY)
    assert (await world.sweep())["keys_returned"] == 0
    case = (await world.certified(1))[0]
    await keys.delete_many({})
    await keys.insert_many(older)
    vault = world.vaults["retention"]
    assert await vault.unforgotten(CONTACT, NAME) == [CONTACT, NAME]
    gone = [one for one in older if one["category"] != "payment"]
    assert (await world.sweep())["keys_returned"] == len(gone)
    assert await vault.unforgotten(CONTACT, NAME) == []
    assert (await world.sweep())["keys_returned"] == 0

    async def told() -> bool:
        alarms = (await world.get("/alarms"))["items"]
        return [(a["kind"], a["case_id"]) for a in alarms] == [
            ("destroyed_key_returned", case["case_id"])
        ]

    await eventually(told)
