"""Roles: assigned until a day, some with a second person, over at once when they end."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.clock import SystemClock
from shared.http.auth import Role
from tests.integration.identity.conftest import PASSWORD, Identity

EMAIL = "officier@canari.test"


async def appoint(identity: Identity, **fields: str) -> tuple[int, dict[str, str]]:
    """Have an administrator appoint a data protection officer."""
    body = {"name": "Membre Test", "email": EMAIL, "role": "dpo", "password": PASSWORD, **fields}
    boss = identity.token("admin-1", Role.ADMINISTRATOR)
    answer = await identity.client.post("/staff", json=body, headers=boss)
    return answer.status_code, answer.json()


@pytest.mark.promise("C4.1", "C4.3")
async def test_a_second_administrator_confirms_an_officer_and_an_expired_role_is_over(
    identity: Identity,
) -> None:
    status, refused = await appoint(identity, expires_on="2199-12-31")
    assert (status, refused["code"]) == (422, "role-term")
    status, created = await appoint(identity)
    assert status == 201
    staff = created["staff_id"]
    assert (await identity.sign_in(EMAIL)).json()["code"] == "appointment-unconfirmed"

    confirmation = f"/staff/{staff}/confirmation"
    for same in ("admin-1", staff):
        headers = identity.token(same, Role.ADMINISTRATOR)
        answer = await identity.client.post(confirmation, headers=headers)
        assert answer.json()["code"] == "same-person"
    second = identity.token("admin-2", Role.ADMINISTRATOR)
    assert (await identity.client.post(confirmation, headers=second)).status_code == 204
    signed_in = (await identity.sign_in(EMAIL)).json()
    assert signed_in["role"] == "dpo"
    ends_at = datetime.fromisoformat(signed_in["ends_at"])
    assert ends_at - SystemClock().now() < timedelta(days=366)

    await identity.listed("/staff", second, 1)
    members = identity.mongo.database("identity").collection("staff")
    over = {"$set": {"expires_at": datetime(2020, 1, 1, tzinfo=UTC)}}
    assert (await members.update_one({"_id": staff}, over)).matched_count == 1
    ran = await identity.client.post("/ops/schedules/roles", headers=second)
    assert ran.json() == {"expired": 1}
    assert (await identity.sign_in(EMAIL)).status_code == 401
    await identity.published("StaffConfirmed", "StaffDeparted")
