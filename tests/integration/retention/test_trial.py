"""A rule set tried on the people there are, before anybody adopts it."""

import httpx
import pytest

from shared.events.base import SubjectId
from shared.http.auth import Role
from tests.integration.retention.conftest import World
from tests.integration.retention.test_erasure import live_a_life
from tests.unit.retention.given import POLICY

TEXT = POLICY.read_text(encoding="utf-8")
SHORTER = TEXT.replace(
    "ends: [{anchor: last_activity, after: P3Y}]", "ends: [{anchor: last_activity, after: P2Y}]"
)


@pytest.mark.promise("C2.1", "C2.11")
async def test_a_trial_counts_people_page_by_page_and_changes_nothing(world: World) -> None:
    people = [SubjectId(f"learner-{number}") for number in (1, 2)]
    for who in people:
        await live_a_life(world, who)
    clocks = await world.my_clocks(people[0])
    pages = []
    after = ""
    while True:
        answer = await world.client.post(
            "/rules/trial",
            params={"after": after, "limit": 1},
            json={"text": SHORTER, "name": "shorter.yaml"},
            headers=world.headers("dpo-1", Role.DPO),
        )
        assert answer.status_code == httpx.codes.OK, answer.text
        pages.append(answer.json())
        after = pages[-1]["after"]
        if after is None:
            break
    assert [page["persons"] for page in pages] == [1, 1, 0]
    assert {page["total"] for page in pages} == {2}
    assert sum(page["changed_persons"] for page in pages) == 2
    for page, who in zip(pages, people, strict=False):
        figures = {(f["category"], f["effect"]): f for f in page["figures"]}
        contact = figures["contact", "earlier"]
        assert (contact["objects"], contact["persons"]) == (1, 1)
        assert contact["examples"] == [who]
        assert ("payment", "earlier") not in figures
    assert await world.my_clocks(people[0]) == clocks


async def test_what_is_no_rule_set_is_told_line_by_line(world: World) -> None:
    body = {"text": TEXT.replace("after: P2Y", "after: two years"), "name": "wrong.yaml"}
    answer = await world.client.post(
        "/rules/trial", json=body, headers=world.headers("dpo-1", Role.DPO)
    )
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    problem = answer.json()
    assert problem["code"] == "not-a-rule-set"
    assert problem["mistakes"][0].startswith("wrong.yaml:")
    assert "rule support" in problem["mistakes"][0]
    refused = await world.client.post(
        "/rules/trial", json=body, headers=world.headers("learner-1", Role.LEARNER)
    )
    assert refused.status_code == httpx.codes.FORBIDDEN
