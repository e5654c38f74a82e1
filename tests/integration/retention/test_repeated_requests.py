"""A request about erasure or a hold, sent again under its key."""

import pytest

from shared.http.auth import Role
from tests.integration.repeating import Asked, check_acts_once, check_survives_a_death
from tests.integration.retention.conftest import World
from tests.integration.retention.test_erasure import WHO, live_a_life

CONFIRMED = {"confirm": True}
HOLD = {
    "subject_id": WHO,
    "categories": ["payment"],
    "ground": "litigation",
    "expires_at": "2027-03-02",
}
LIFT = {"outcome": "lift", "reason": "proceedings_over"}


async def test_an_erasure_opens_one_case_and_answers_its_id_for_good(world: World) -> None:
    await live_a_life(world)
    asked = Asked("POST", "/me/erasure", CONFIRMED, world.headers(WHO, Role.LEARNER))
    first = await check_acts_once(world.client, asked, status=202, key="k")
    (case,) = await world.certified(1)
    again = await asked.sent(world.client, "k")
    assert (again.status_code, again.content) == (202, first.content)
    assert first.json() == {"case_id": case["case_id"]}


async def test_a_hold_is_placed_once_and_lifted_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = world.headers("dpo-1", Role.DPO)
    place = Asked("POST", "/holds", HOLD, officer)
    hold_id = (await check_acts_once(world.client, place, status=201, key="k")).json()["hold_id"]
    lift = Asked("POST", f"/holds/{hold_id}/review", LIFT, officer)
    asked = (await check_acts_once(world.client, lift, status=202, key="k")).json()
    path, second = f"/proposals/{asked['proposal_id']}", world.headers("dpo-2", Role.DPO)
    confirm = Asked("POST", f"{path}/confirmation", {"goes_at_once": None}, second)
    # The act is carried out before the proposal is settled.
    await check_survives_a_death(world.client, confirm, monkeypatch, status=204, appends=2)
    refuse = Asked("POST", f"{path}/refusal", None, second)
    assert (await refuse.sent(world.client, "late")).status_code == 409
    other = Asked("POST", "/holds", HOLD, world.headers("dpo-2", Role.DPO))
    theirs = await check_acts_once(world.client, other, status=201, key="k")
    assert theirs.json()["hold_id"] != hold_id


async def test_a_request_that_a_death_cut_short_is_done_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await live_a_life(world)
    erase = Asked("POST", "/me/erasure", CONFIRMED, world.headers(WHO, Role.LEARNER))
    case = (await check_survives_a_death(world.client, erase, monkeypatch, status=202)).json()
    (certified,) = await world.certified(1)
    assert case == {"case_id": certified["case_id"]}
    place = Asked("POST", "/holds", HOLD, world.headers("dpo-1", Role.DPO))
    # A hold without a matter opens one.
    await check_survives_a_death(world.client, place, monkeypatch, status=201, appends=2)
