"""Event invitations reach whoever consents, once, also who consents later; nobody else (C9.2)."""

from datetime import timedelta

import pytest

from shared.events.base import SubjectId
from shared.events.consent import ConsentGranted, ConsentWithdrawn
from shared.http.auth import Role
from shared.ids import new_id
from tests.integration.notify.conftest import Notify


async def consents(notify: Notify, learner: SubjectId) -> None:
    granted = ConsentGranted(
        learner_id=learner,
        purpose="events",
        text_version="events-2025-01",
        language="fr",
        channel="portal",
    )
    await notify.world.tell(granted, stream=f"consents-{learner}", subject=learner)


@pytest.mark.promise("C9.2")
async def test_whoever_consents_is_invited_once_and_nobody_after_a_withdrawal(
    notify: Notify,
) -> None:
    early, late, left, never = [await notify.world.learner(newsletter=True) for _ in range(4)]
    for learner in (early, late, left, never):
        await notify.until_status(learner, "welcome", "sent")
    for learner in (early, left):
        await consents(notify, learner)
    withdrawn = ConsentWithdrawn(learner_id=left, purpose="events", channel="portal")
    await notify.world.tell(withdrawn, stream=f"consents-{left}", subject=left)
    await notify.until_caught_up()
    host = {**notify.headers(new_id(), Role.COUNSELLOR), "Idempotency-Key": "event-once-1"}
    starts = notify.clock.now() + timedelta(days=9)
    body = {
        "heading": {"fr": "Atelier inventé", "en": "Invented workshop"},
        "summary": {"fr": "Des cas.\n\nEt d'autres.", "en": "Cases.\n\nAnd others."},
        "venue": "1 rue Exemple, Paris",
        "starts_at": starts.isoformat(),
        "ends_at": (starts + timedelta(hours=2)).isoformat(),
    }
    early_day = {**body, "starts_at": notify.clock.now().isoformat()}
    refused = await notify.client.post(
        "/events", json=early_day, headers=notify.headers(new_id(), Role.COUNSELLOR)
    )
    made = [await notify.client.post("/events", json=body, headers=host) for _ in range(2)]
    assert (refused.status_code, refused.json()["code"]) == (409, "event-dates")
    assert [one.status_code for one in made] == [201, 201]
    assert made[0].json() == made[1].json()

    notify.post.taken.clear()
    assert (await notify.run("event_invitations"))["sent"] == 1
    assert (await notify.run("event_invitations"))["already"] == 1
    await consents(notify, late)
    await notify.until_caught_up()
    assert (await notify.run("event_invitations"))["sent"] == 1
    assert [str(mail["To"]) for mail in notify.post.taken] == [
        f"{learner}@exemple.test" for learner in (early, late)
    ]
    assert all("events" not in str(mail["Subject"]) for mail in notify.post.taken)

    event_id = made[0].json()["event_id"]
    path = f"/events/{event_id}/calling-off"
    off = await notify.client.post(path, json={}, headers=notify.headers(new_id(), Role.COUNSELLOR))
    await consents(notify, never)
    await notify.until_caught_up()
    assert off.status_code == 204
    assert set((await notify.run("event_invitations")).values()) == {0}
    shown = (
        await notify.client.get("/events", headers=notify.headers(new_id(), Role.COUNSELLOR))
    ).json()
    assert (shown["consenting"], shown["items"][0]["event_id"]) == (3, event_id)
