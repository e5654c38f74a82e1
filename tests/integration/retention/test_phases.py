"""In use, announced, archived, gone: and a person who comes back stops it (C2.5)."""

import json
from datetime import datetime, timedelta

import pytest

from shared.events.archive import ArchivedDataRead
from shared.events.identity import LearnerLoggedIn
from shared.events.reading import PersonalDataRead
from shared.http.auth import Role
from shared.personal import Category
from tests.integration.retention.conftest import START, World
from tests.integration.retention.test_erasure import WHO, live_a_life
from tests.waiting import eventually

DAY = timedelta(days=1)


async def stored(world: World, event: str) -> int:
    """Return how many events of a type the service has stored."""
    commits = world.mongo.database("retention").collection("commits")
    return await commits.count_documents({"events.type": event})


async def comes_back(world: World, due: str) -> None:
    """Sign in, and wait until the account is due at another instant than `due`."""
    await world.tell(WHO, LearnerLoggedIn(learner_id=WHO))

    async def later() -> bool:
        clocks = await world.my_clocks(WHO)
        return all(c["due"] != due for c in clocks if c["category"] == "civil_identity")

    await eventually(later)


@pytest.mark.promise("C2.5", "C2.1", "C2.11")
async def test_the_end_is_announced_thirty_days_before_and_coming_back_stops_it(
    world: World,
) -> None:
    await live_a_life(world)
    (due,) = {c["due"] for c in await world.my_clocks(WHO) if c["category"] == "civil_identity"}
    end = START.replace(year=2029)
    world.clock.move_to(end - 30 * DAY - timedelta(minutes=1))
    assert (await world.sweep())["announced"] == 0
    world.clock.move_to(end - 30 * DAY)
    assert (await world.sweep())["announced"] == 1
    for days in (29, 10, 1):
        world.clock.move_to(end - days * DAY)
        assert (await world.sweep())["announced"] == 0, "nothing is announced twice"

    await comes_back(world, due)
    (later,) = {c["due"] for c in await world.my_clocks(WHO) if c["category"] == "civil_identity"}
    new_end = datetime.fromisoformat(later)
    world.clock.move_to(end)
    assert (await world.sweep())["cases_opened"] == 0, "coming back stopped it"
    assert len(await world.vaults["retention"].live_keys(WHO)) == 4
    world.clock.move_to(new_end - 30 * DAY)
    assert (await world.sweep())["announced"] == 1, "the new end is announced anew, once"
    assert (await world.sweep())["announced"] == 0
    world.clock.move_to(new_end)
    assert (await world.sweep())["cases_opened"] == 1
    await world.certified(1)
    assert await stored(world, "EndAnnounced") == 2


@pytest.mark.promise("C2.5")
async def test_a_sign_in_leaves_the_archive_at_once_and_readings_are_shown_to_the_person(
    world: World,
) -> None:
    await live_a_life(world)
    (due,) = {c["due"] for c in await world.my_clocks(WHO) if c["category"] == "civil_identity"}
    world.clock.move_to(START + timedelta(days=200))
    assert (await world.sweep())["archived"] == 1
    read = ArchivedDataRead(
        subject_id=WHO,
        service="learning",
        reader="dpo-7",
        role="dpo",
        categories=(Category.LEARNING_HISTORY,),
        reason="audit",
        reference="AUD-26-1",
    )
    await world.tell(WHO, read, service="learning", stream="archive-reading-1")
    seen = PersonalDataRead(
        subject_id=WHO,
        service="identity",
        reader="support-3",
        role="support",
        categories=(Category.SUPPORT,),
        break_glass="access-1",
    )
    await world.tell(WHO, seen, service="identity", stream="reading-1")

    async def shown() -> bool:
        total: int = (await world.get(f"/archive-readings?subject={WHO}"))["total"]
        in_use: int = (await world.get(f"/readings?subject={WHO}"))["total"]
        return (total, in_use) == (1, 1)

    await eventually(shown)
    (officers,) = (await world.get("/archive-readings"))["items"]
    assert (officers["reader"], officers["reference"]) == ("dpo-7", "AUD-26-1")
    mine = await world.get("/me/readings", WHO, Role.LEARNER)
    listed = {(r["role"], *r["categories"], r["reason"], r["archived"]) for r in mine["items"]}
    assert listed == {
        ("dpo", "learning_history", "audit", True),
        ("support", "support", None, False),
    }
    assert [one["break_glass"] for one in mine["items"] if not one["archived"]] == [True]
    assert "access-1" not in json.dumps(mine)
    assert "dpo-7" not in json.dumps(mine), "the role, not the colleague"
    assert "support-3" not in json.dumps(mine)
    others = await world.get("/me/readings", "somebody-else", Role.LEARNER)
    assert others["items"] == []

    await comes_back(world, due)

    async def left() -> bool:
        return await stored(world, "ArchiveWasLeft") == 1

    await eventually(left)
    assert (await world.sweep())["archived"] == 0
    assert (await world.sweep())["reactivated"] == 0, "the sign-in did it already"
