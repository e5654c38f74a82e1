"""The yearly training on the virtual clock: asked for, missed, suspended, recorded (C7.7)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.clock import VirtualClock
from shared.http.auth import Role
from tests.callers import Callers
from tests.integration.identity.conftest import PASSWORD, Identity

EMAIL = "appui@canari.test"


async def followed(identity: Identity, callers: Callers) -> int:
    """Let time do its part and return how many reminders that made."""
    headers = callers.headers("identity", "system", Role.SYSTEM)
    answer = await identity.client.post("/ops/schedules/trainings", headers=headers)
    return int(answer.json()["reminded"])


async def told(identity: Identity) -> datetime | None:
    """Sign in and return from when, as the gateway is told, access is suspended."""
    at = (await identity.sign_in(EMAIL)).json()["suspends_at"]
    return None if at is None else datetime.fromisoformat(at)


@pytest.mark.promise("C7.7")
async def test_untrained_staff_are_warned_suspended_and_let_in_again_at_once(
    clock: VirtualClock, identity: Identity
) -> None:
    callers = Callers(identity.settings.secrets_dir, clock)
    boss = callers.headers("identity", "admin-1", Role.ADMINISTRATOR)
    body = {"name": "Membre Test", "email": EMAIL, "role": "support", "password": PASSWORD}
    created = await identity.client.post("/staff", json=body, headers=boss)
    staff = created.json()["staff_id"]
    await identity.listed("/staff", boss, 1)
    assert [await followed(identity, callers) for _ in range(2)] == [1, 0]
    assert await told(identity) is None

    clock.move_to(clock.now() + timedelta(days=30))
    boss = callers.headers("identity", "admin-1", Role.ADMINISTRATOR)
    assert await followed(identity, callers) == 1
    suspends_at = await told(identity)
    assert suspends_at == clock.now() + timedelta(days=7)

    async def ask(method: str, path: str, **body: Any) -> tuple[int, Any]:
        token = callers.token("identity", staff, Role.SUPPORT, suspends_at=suspends_at)
        headers = {"Authorization": f"Bearer {token}"}
        answer = await identity.client.request(method, path, json=body or None, headers=headers)
        return answer.status_code, answer.json() if answer.content else None

    assert (await ask("GET", "/learners"))[0] == 200
    clock.move_to(suspends_at)
    status, problem = await ask("GET", "/learners")
    assert (status, problem["code"]) == (403, "training-required")
    assert (await ask("GET", "/me"))[0] == 200
    tomorrow = (clock.now() + timedelta(days=1)).date().isoformat()
    status, problem = await ask("POST", "/me/trainings", programme="both", done_on=tomorrow)
    assert (status, problem["code"]) == (422, "training-date")
    today = clock.now().date().isoformat()
    assert (await ask("POST", "/me/trainings", programme="both", done_on=today))[0] == 201
    suspends_at = await told(identity)
    assert suspends_at is None
    assert (await ask("GET", "/learners"))[0] == 200
    _, training = await ask("GET", "/me/training")
    assert (training["done_on"], training["recorded_by"]) == (today, staff)

    warned, recorded = await identity.published("StaffTrainingReminded", "StaffTrainingRecorded")
    assert {warned.subject, recorded.subject} == {staff}
    boss = callers.headers("identity", "admin-1", Role.ADMINISTRATOR)
    (member,) = await identity.listed("/staff?serving=true", boss, 1)
    assert member["id"] == staff
