"""Access beyond the compartment on the real engines: taken, told, given back, reviewed."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.identity.settings import IdentitySettings
from shared.clock import VirtualClock
from shared.events.identity import BreakGlassReviewed, BreakGlassTaken
from shared.http.auth import Role
from shared.http.proof import Proof
from shared.personal import Category
from tests.callers import Callers
from tests.integration.identity.conftest import START, Identity
from tests.integration.identity.test_accounts import confirmed

REASON = "Une urgence de test, inventée de toutes pièces."
LONG = "quatre mots qui ne vont pas ensemble"
MINUTES = IdentitySettings.model_fields["break_glass_minutes"].default
HOURS = IdentitySettings.model_fields["break_glass_review_hours"].default


async def asked(
    identity: Identity, callers: Callers, method: str, path: str, who: str, role: Role, **body: Any
) -> tuple[int, Any]:
    """Send a request as `who` in `role`, and return status and body of the answer."""
    headers = callers.headers("identity", who, role)
    answer = await identity.client.request(method, path, json=body or None, headers=headers)
    return answer.status_code, answer.json() if answer.content else None


async def refused_to_begin_with(identity: Identity, callers: Callers, learner: str) -> None:
    """No reason, nobody of that id, and a second factor that was given too long ago."""

    async def take(learner_id: str, reason: str, token: str) -> httpx.Response:
        body = {"learner_id": learner_id, "reason": reason}
        headers = {"Authorization": f"Bearer {token}"}
        return await identity.client.post("/break-glass", json=body, headers=headers)

    fresh = callers.token("identity", "trainer-1", Role.TRAINER)
    assert (await take(learner, "vite", fresh)).status_code == 422
    assert (await take("nobody", REASON, fresh)).status_code == 404
    stale = Proof(START, strong=True)
    answer = await take(
        learner, REASON, callers.token("identity", "trainer-1", Role.TRAINER, proof=stale)
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "confirmation-required")


@pytest.mark.promise("C4.2", "C6.3", "C7.2")
async def test_an_access_is_told_ends_and_is_reviewed_by_somebody_else(
    clock: VirtualClock, identity: Identity
) -> None:
    callers = Callers(identity.settings.secrets_dir, clock)
    learner = await confirmed(identity)
    clock.move_to(clock.now() + timedelta(hours=1))

    async def ask(method: str, path: str, who: str, role: Role, **body: Any) -> tuple[int, Any]:
        return await asked(identity, callers, method, path, who, role, **body)

    await refused_to_begin_with(identity, callers, learner)
    wanted = {"learner_id": learner, "reason": REASON}
    status, taken = await ask("POST", "/break-glass", "trainer-1", Role.TRAINER, **wanted)
    assert status == 201
    event = (await identity.published("BreakGlassTaken"))[0].data
    assert isinstance(event, BreakGlassTaken)
    assert (event.subject_id, event.taken_by) == (learner, "trainer-1")
    assert event.until == clock.now() + timedelta(minutes=MINUTES)
    assert event.categories == (Category.CIVIL_IDENTITY, Category.LEARNING_HISTORY)
    assert REASON not in event.model_dump_json()

    path = f"/break-glass/{taken['access_id']}"
    dpo = callers.headers("identity", "dpo-1", Role.DPO)
    assert REASON not in str(await identity.listed("/break-glass?state=open", dpo, 1))
    assert (await ask("GET", path, "dpo-1", Role.DPO))[1]["reason"] == REASON
    assert (await ask("GET", path, "trainer-1", Role.TRAINER))[0] == 403
    read = {"events.type": "PersonalDataRead", "subject": learner}
    commits = identity.mongo.database("identity").collection("commits")
    assert await commits.count_documents(read) == 1, "the officer who read the reason"

    status, problem = await ask("POST", f"{path}/end", "trainer-2", Role.TRAINER)
    assert (status, problem["code"]) == (404, "not-found")
    justified = {"verdict": "justified"}
    status, problem = await ask("POST", f"{path}/review", "dpo-1", Role.DPO, **justified)
    assert (status, problem["code"]) == (409, "access-running")
    assert (await ask("POST", f"{path}/end", "trainer-1", Role.TRAINER))[0] == 204
    own = callers.headers("identity", "trainer-1", Role.TRAINER)
    await identity.listed("/break-glass?state=open", dpo, 0)
    (mine,) = await identity.listed("/break-glass/own", own, 1)
    assert (mine["open"], mine["cause"], mine["verdict"]) == (False, "given_back", None)

    async def reminded() -> int:
        headers = callers.headers("identity", "system", Role.SYSTEM)
        answer = await identity.client.post("/ops/schedules/break-glass", headers=headers)
        return int(answer.json()["reminded"])

    assert await reminded() == 0
    clock.move_to(clock.now() + timedelta(hours=HOURS))
    assert [await reminded(), await reminded()] == [1, 0]
    same = {"verdict": "unjustified", "opens_incident": True}
    status, problem = await ask("POST", f"{path}/review", "trainer-1", Role.DPO, **same)
    assert (status, problem["code"]) == (403, "own-access")
    assert (await ask("POST", f"{path}/review", "dpo-1", Role.DPO, **same))[0] == 204
    (_, reviewed) = await identity.published("BreakGlassReviewDue", "BreakGlassReviewed")
    assert isinstance(reviewed.data, BreakGlassReviewed)
    assert reviewed.data.suspicion is not None
    assert reviewed.data.suspicion.reader == "trainer-1"
    clock.move_to(clock.now() + timedelta(hours=HOURS))
    dpo = callers.headers("identity", "dpo-1", Role.DPO)
    await identity.listed("/break-glass?state=unreviewed", dpo, 0)
    assert await reminded() == 0


@pytest.mark.promise("C4.2")
async def test_an_access_ends_with_the_role_and_the_session(
    clock: VirtualClock, identity: Identity
) -> None:
    callers = Callers(identity.settings.secrets_dir, clock)
    learner = await confirmed(identity)
    boss = callers.headers("identity", "admin-1", Role.ADMINISTRATOR)
    body = {"name": "Membre Test", "email": "e@exemple.test", "role": "trainer"}
    made = await identity.client.post("/staff", json={**body, "password": LONG}, headers=boss)
    staff = made.json()["staff_id"]
    own = callers.headers("identity", staff, Role.TRAINER)
    dpo = callers.headers("identity", "dpo-1", Role.DPO)

    async def open_one() -> None:
        wanted = {"learner_id": learner, "reason": REASON}
        taken = await identity.client.post("/break-glass", json=wanted, headers=own)
        assert taken.status_code == 201
        await identity.listed("/break-glass?state=open", dpo, 1)

    await open_one()
    assert (await identity.client.delete("/sessions", headers=own)).status_code == 204
    await identity.listed("/break-glass?state=open", dpo, 0)
    clock.move_to(clock.now() + timedelta(seconds=5))
    own = callers.headers("identity", staff, Role.TRAINER)
    await open_one()
    assert (await identity.client.delete(f"/staff/{staff}", headers=boss)).status_code == 204
    await identity.listed("/break-glass?state=open", dpo, 0)
    found = await identity.listed("/break-glass", dpo, 2)
    assert [one["cause"] for one in found] == ["role_ended", "signed_out"]
