"""Signing out: here, on one other device, everywhere; every service hears which sessions ended."""

import pytest

from shared.clock import SystemClock
from shared.events.identity import LearnerLoggedOut, StaffLoggedOut
from shared.http.auth import Role, Session
from shared.tokens import GATEWAY, TokenIssuer
from tests.integration.identity.conftest import PASSWORD, Identity
from tests.integration.identity.test_accounts import confirmed
from tests.waiting import eventually


@pytest.mark.promise("C7.4", "C8.4")
async def test_every_service_hears_which_sessions_ended_of_learners_and_of_staff(
    identity: Identity,
) -> None:
    learner = await confirmed(identity)
    admin = identity.token("admin", Role.ADMINISTRATOR)
    body = {
        "name": "Agnès Exemple",
        "email": "agnes@canari.test",
        "role": "support",
        "password": PASSWORD,
    }
    appointed = await identity.client.post("/staff", json=body, headers=admin)
    staff = appointed.json()["staff_id"]
    session = Session("session-1", SystemClock().now())
    issuer = TokenIssuer(GATEWAY, identity.settings.secrets_dir, SystemClock())
    for who, role, query in (
        (learner, Role.LEARNER, ""),
        (staff, Role.SUPPORT, "?session=another&everywhere=true"),
    ):
        token = issuer.issue("identity", who, role, session)
        me = {"Authorization": f"Bearer {token}"}
        answer = await identity.client.delete(f"/sessions{query}", headers=me)
        assert answer.status_code == 204
    told = [one.data for one in await identity.published("LearnerLoggedOut", "StaffLoggedOut")]
    assert told == [
        LearnerLoggedOut(learner_id=learner, session_id="session-1"),
        StaffLoggedOut(staff_id=staff, session_id="another", everywhere=True),
    ]
    too_long = await identity.client.delete(f"/sessions?session={'x' * 500}", headers=admin)
    assert too_long.status_code == 422


@pytest.mark.promise("C7.4")
async def test_a_token_from_before_signing_out_everywhere_is_refused(identity: Identity) -> None:
    learner = await confirmed(identity)
    before = identity.token(learner, Role.LEARNER)
    answer = await identity.client.delete("/sessions?everywhere=true", headers=before)
    assert answer.status_code == 204

    async def refused() -> bool:
        again = await identity.client.get("/me", headers={**before, "Accept-Language": "en"})
        return again.status_code == 401 and "session has ended" in again.json()["title"]

    await eventually(refused)
    after = identity.token(learner, Role.LEARNER)
    assert (await identity.client.get("/me", headers=after)).status_code == 200
