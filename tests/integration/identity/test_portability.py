"""What a person told identity is in its part of the file; handing the file over ends the case."""

import pytest

from shared.http.auth import Role
from tests.integration.identity.conftest import Identity
from tests.integration.identity.test_accounts import confirmed
from tests.waiting import eventually


@pytest.mark.promise("C8.5")
async def test_the_latest_of_what_was_told_is_provided_and_its_delivery_ends_the_case(
    identity: Identity,
) -> None:
    learner = identity.token(await confirmed(identity), Role.LEARNER)
    client = identity.client
    await client.put("/me/profile", json={"goals": "Avant", "pace": "lent"}, headers=learner)
    await client.put("/me/profile", json={"goals": "Négocier"}, headers=learner)
    await client.patch("/me", json={"last_name": "Nouveau"}, headers=learner)
    case = {"kind": "portability", "message": "Je voudrais tout emporter"}
    asked = await client.post("/me/rights-cases", json=case, headers=learner)
    other = {"kind": "access", "message": "Que savez-vous ?"}
    left = await client.post("/me/rights-cases", json=other, headers=learner)

    part = (await client.get("/me/provided", headers=learner)).json()
    assert (part["profile"]["goals"], part["profile"]["pace"]) == ("Négocier", "lent")
    assert (part["person"]["first_name"], part["person"]["last_name"]) == ("Prénom", "Nouveau")
    assert [one["message"] for one in part["messages"]] == [case["message"], other["message"]]
    assert "argon2" not in str(part)

    assert (await client.post("/me/portability-files", headers=learner)).json() == {"cases": 1}
    # Without a request before, taking the file is the exercise of the right, and counts once.
    once = {**learner, "Idempotency-Key": "portability-once-1"}
    for _ in range(2):
        again = await client.post("/me/portability-files", headers=once)
        assert again.json() == {"cases": 0}

    async def ended() -> bool:
        mine = (await client.get("/me/rights-cases", headers=learner)).json()["items"]
        found = {(one["case_id"], one["outcome"]) for one in mine if one["act"] is None}
        taken = [one["outcome"] for one in mine if one["act"] == "file"]
        wanted = {(asked.json()["case_id"], "granted"), (left.json()["case_id"], None)}
        return wanted <= found and taken == ["granted"]

    await eventually(ended)
