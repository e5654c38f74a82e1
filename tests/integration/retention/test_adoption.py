"""A rule set adopted while the service runs: kept, compared, confirmed, in force at once."""

from typing import Any

import httpx
import pytest

from shared.events.base import SubjectId
from shared.http.auth import Role
from tests.integration.retention.conftest import START, World, in_years
from tests.integration.retention.test_erasure import live_a_life
from tests.unit.retention.given import POLICY
from tests.waiting import eventually

TEXT = POLICY.read_text(encoding="utf-8")
SHORTER = TEXT.replace('version: "2025-01-12"', 'version: "2026-03-01"').replace(
    "{anchor: last_login, after: P5Y}", "{anchor: last_login, after: P1Y}"
)
OFFICER = "dpo-1"


async def ask(world: World, method: str, path: str, body: Any = None) -> httpx.Response:
    return await world.client.request(
        method, path, json=body, headers=world.headers(OFFICER, Role.DPO)
    )


async def submit(world: World, text: str) -> dict[str, Any]:
    answer = await ask(world, "POST", "/rules/versions", {"text": text, "name": "new.yaml"})
    assert answer.status_code == httpx.codes.CREATED, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def adopt(world: World, found: dict[str, Any], confirm: int) -> httpx.Response:
    body = {
        "digest": found["digest"],
        "instead_of": found["in_force_digest"],
        "reason": "history is needed less",
        "confirm": confirm,
    }
    return await ask(world, "POST", "/rules/adoptions", body)


async def due_of_history(world: World, who: str) -> str | None:
    [clock] = [c for c in await world.my_clocks(who) if c["category"] == "learning_history"]
    due: str | None = clock["due"]
    return due


@pytest.mark.promise("C2.3", "C2.11")
async def test_a_rule_set_is_adopted_while_running_and_outlives_a_restart(world: World) -> None:
    who = SubjectId("learner-1")
    await live_a_life(world, who)
    shipped = (await world.get("/rules"))["digest"]
    before = await due_of_history(world, who)
    assert before is not None
    world.clock.move_to(START + in_years(1.5))

    found = await submit(world, SHORTER)
    [change] = found["changes"]
    assert (change["rule_id"], change["kind"]) == ("learning-history", "changed")
    assert (await world.get("/rules"))["digest"] == shipped

    # What if the person came back? Nothing is recorded by asking.
    coming_back = f"/learners/{who}/what-if?suppose=signs_in@2027-09-30"
    outlook = {one["category"]: one for one in (await world.get(coming_back))["items"]}
    assert outlook["learning_history"]["before"]["due"] == before
    assert outlook["learning_history"]["after"]["due"] == "2032-09-30T22:00:00Z"
    assert not outlook["payment"]["changed"]
    assert [s["decides"] for s in outlook["learning_history"]["after"]["steps"]] == [True, False]

    # A confirmation that does not fit the numbers is refused, and says what they are.
    stale = await adopt(world, found, confirm=0)
    assert (stale.status_code, stale.json()["code"]) == (409, "confirmation-outdated")
    going = stale.json()["goes_at_once"]
    trial = await world.get(f"/rules/versions/{found['digest']}/trial")
    at_once = [f["objects"] for f in trial["figures"] if f["effect"] == "at_once"]
    assert [going] == at_once == [1]

    asked = await adopt(world, found, confirm=going)
    assert (await world.get("/rules"))["digest"] == shipped, "one person alone changes nothing"
    await world.agreed(asked)
    assert (await world.get("/rules"))["digest"] == found["digest"]
    after = await due_of_history(world, who)
    assert after is not None
    assert after < before

    async def followed() -> bool:
        status: dict[str, Any] = await world.get("/status")
        return bool(status["clocks_waiting"] == 0)

    await eventually(followed)
    listed = (await world.get(f"/clocks?subject={who}&category=learning_history"))["items"]
    assert [clock["due"] for clock in listed] == [after]

    # A restart does not fall back to the file.
    await world.restart_retention()
    status = await world.get("/status")
    assert (status["rules_version"], status["rules_offered"]) == ("2026-03-01", None)
    assert (await world.sweep())["cases_opened"] == 1

    # The version before may be adopted again, and says so.
    back = (await ask(world, "GET", f"/rules/versions/{shipped}")).json()
    assert (back["was_in_force"], back["obstacle"]) == (True, None)
    await world.agreed(await adopt(world, back, confirm=0))
    history = (await world.get("/rules/adoptions"))["items"]
    names = ("version", "adopted_by", "confirmed_by", "again")
    assert [tuple(one[name] for name in names) for one in history] == [
        ("2025-01-12", OFFICER, "dpo-2", True),
        ("2026-03-01", OFFICER, "dpo-2", False),
        ("2025-01-12", "system", None, False),
    ]
    assert history[1]["reason"] == "history is needed less"
    assert history[1]["previous"] == history[2]["digest"]


async def test_what_may_not_be_adopted_is_refused_and_changes_nothing(world: World) -> None:
    rules = await world.get("/rules")
    broken = TEXT.replace("session_recorded, after: P30D", "session_recorded, after: P31D")
    refused = await ask(world, "POST", "/rules/versions", {"text": broken, "name": "new.yaml"})
    assert refused.json()["code"] == "not-a-rule-set"
    assert "rule recordings" in refused.json()["mistakes"][0]

    taken = await submit(world, SHORTER.replace("2026-03-01", "2025-01-12"))
    assert taken["obstacle"] == "version-taken"
    assert (await adopt(world, taken, confirm=0)).json()["code"] == "version-taken"

    found = await submit(world, SHORTER)
    outdated = {**found, "in_force_digest": "0" * 64}
    assert (await adopt(world, outdated, confirm=0)).json()["code"] == "adoption-outdated"
    learner = await world.client.post(
        "/rules/versions",
        json={"text": SHORTER, "name": "new.yaml"},
        headers=world.headers("learner-1", Role.LEARNER),
    )
    assert learner.status_code == httpx.codes.FORBIDDEN
    assert await world.get("/rules") == rules
