"""A minor's account from the registration to the day of majority, on the real engines."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.clock import VirtualClock
from shared.events.identity import (
    EmailConfirmationRequested,
    GuardianAgreementGranted,
    GuardianAgreementRequested,
)
from shared.http.auth import Role
from shared.personal import Category
from tests.callers import Callers
from tests.integration.identity.conftest import START, Identity
from tests.waiting import eventually

EMAIL = "canari@canari.test"
GUARDIAN = {"guardian_email": "parent@canari.test", "guardian_name": "Parent"}


@dataclass
class Minor:
    """A learner under 18, as seen over HTTP."""

    identity: Identity
    callers: Callers
    id: str

    async def ask(self, method: str, path: str, role: Role = Role.LEARNER, **body: Any) -> int:
        """Ask for something and return the status of the answer."""
        headers = self.callers.headers("identity", self.id, role)
        answer = await self.identity.client.request(method, path, json=body, headers=headers)
        return answer.status_code

    async def profile(self) -> int:
        """Describe the profile, which needs an open account."""
        return await self.ask("PUT", "/me/profile", goals="but")

    async def shown(self) -> dict[str, Any]:
        """Return what the learner's page shows."""
        headers = self.callers.headers("identity", self.id, Role.LEARNER)
        body: dict[str, Any] = (
            await self.identity.client.get("/me/minority", headers=headers)
        ).json()
        return body

    async def guardian(self, path: str, token: str) -> int:
        """Follow a guardian's link."""
        answer = await self.identity.client.post(
            f"/guardian-agreements{path}", json={"token": token}
        )
        return answer.status_code

    async def followed(self) -> dict[str, int]:
        """Let time do its part once the account is listed, and return the figures."""
        headers = self.callers.headers("identity", "system", Role.SYSTEM)
        minors = self.identity.mongo.database("identity").collection("minors")

        async def listed() -> bool:
            return bool(await minors.count_documents({"look_at": {"$exists": True}}))

        await eventually(listed)
        answer = await self.identity.client.post("/ops/schedules/minors", headers=headers)
        figures: dict[str, int] = answer.json()
        return figures


async def registered(clock: VirtualClock, identity: Identity) -> tuple[Minor, str, str]:
    """Return a confirmed minor, the own confirmation's token and the guardian's."""
    refused = await identity.register(EMAIL, birth_date="2013-04-10")
    assert (refused.status_code, refused.json()["code"]) == (422, "guardian-required")
    await identity.register(EMAIL, birth_date="2013-04-10", **GUARDIAN)
    confirmation, question = await identity.published(
        "EmailConfirmationRequested", "GuardianAgreementRequested"
    )
    assert isinstance(confirmation.data, EmailConfirmationRequested)
    assert isinstance(question.data, GuardianAgreementRequested)
    sealed = question.data.guardian_email.sealed
    assert sealed is not None
    assert (sealed.category, sealed.object) == (Category.MINORITY, question.data.agreement_id)
    own = await identity.text(confirmation.data.token)
    answer = await identity.client.post("/confirmations", json={"token": own})
    callers = Callers(identity.settings.secrets_dir, clock)
    minor = Minor(identity, callers, answer.json()["learner_id"])
    return minor, own, await identity.text(question.data.token)


@pytest.mark.promise("C11.1", "C11.2")
async def test_the_guardian_decides_until_the_day_of_majority(
    clock: VirtualClock, identity: Identity
) -> None:
    minor, own, token = await registered(clock, identity)
    assert (await identity.sign_in(EMAIL)).status_code == 201, "to see why it is blocked"
    assert await minor.profile() == 403
    clock.move_to(START + timedelta(days=5))
    assert await minor.followed() == {"minors": 1, "acts": 1}, "the guardian is reminded"
    assert (await minor.followed())["acts"] == 0
    asked = await identity.client.post("/guardian-agreements/asked", json={"token": token})
    shown = {"first_name": "Prénom", "state": "asked", "until": "2031-03-10T09:00:00Z"}
    assert asked.json() == shown
    assert await minor.guardian("", own) == 400
    assert await minor.guardian("/revocations", token) == 400
    assert await minor.guardian("", token) == 200
    assert await minor.profile() == 200

    (granted,) = await identity.published("GuardianAgreementGranted")
    assert isinstance(granted.data, GuardianAgreementGranted)
    assert granted.data.token is not None
    revoking = await identity.text(granted.data.token)
    clock.move_to(START + timedelta(days=30))
    assert await minor.guardian("/revocations", revoking) == 200
    assert await minor.profile() == 403
    assert await minor.ask("PUT", "/me/guardian", Role.LEARNER, **GUARDIAN) == 200
    assert await minor.guardian("", token) == 400
    assert (await minor.shown())["blocked_until"] == "2031-04-09T09:00:00Z"
    report = f"/learners/{minor.id}/minority"
    assert await minor.ask("POST", report, Role.TRAINER, reason="document") == 200

    clock.move_to(datetime(2031, 4, 9, 21, 59, tzinfo=UTC))
    assert (await minor.shown())["agreement"]["state"] == "asked"
    clock.move_to(datetime(2031, 4, 9, 22, tzinfo=UTC))
    assert (await minor.followed())["acts"] == 1
    over = await minor.shown()
    assert (over["minor"], over["blocked"], over["agreement"]) == (False, False, None)
    assert await minor.profile() == 200
    assert await minor.guardian("/revocations", revoking) == 400
