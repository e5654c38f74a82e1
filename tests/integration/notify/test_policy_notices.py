"""Everybody with an account is told of a change of the policy, also who joins later (C12.1)."""

from datetime import timedelta

import pytest

from services.notify.application.policy_notices import notice_id
from shared.events import consent, identity
from shared.http.auth import Role
from shared.ids import new_id
from shared.personal import Personal
from shared.words import Text
from tests.integration.notify.conftest import Notify

NEWS = Text(fr="Les comptes rendus s'annoncent aussi.", en="Reports are announced, too.")


@pytest.mark.promise("C12.1")
async def test_a_substantial_change_is_told_once_to_everybody_also_who_joins_later(
    notify: Notify,
) -> None:
    early = [await notify.world.learner(language=one) for one in ("fr", "en")]
    for learner in early:
        await notify.until_status(learner, "welcome", "sent")
    effect = notify.clock.now() + timedelta(days=31)
    published = consent.PolicyPublished(
        version="2", substantial=True, effective_at=effect, summary=NEWS
    )
    await notify.world.tell(published, stream="privacy-policy", subject="privacy-policy")
    await notify.until_caught_up()
    first = await notify.run("policy_notices")
    again = await notify.run("policy_notices")
    late = await notify.world.learner()
    await notify.until_status(late, "welcome", "sent")
    notify.post.refusals.append("550 5.1.1 no such mailbox")
    joined = await notify.run("policy_notices")
    await notify.until_caught_up()

    assert (first["sent"], again["sent"], again["already"]) == (2, 0, 2)
    assert (joined["failed"], joined["already"]) == (1, 2)
    told = [str(mail.get_body(("plain",))) for mail in notify.post.taken[2:4]]
    assert sum("announced, too" in text for text in told) == 1
    assert all("https://portal.test/privacy/announced" in text for text in told)

    officer = notify.headers(new_id(), Role.DPO)
    to_follow_up = (await notify.client.get("/policy-notices", headers=officer)).json()
    assert [(one["learner_id"], one["version"]) for one in to_follow_up["items"]] == [(late, "2")]
    assert (to_follow_up["unreached"], to_follow_up["refused"]) == (1, 0)
    answer = consent.PolicyAnswered(learner_id=late, version="2", decision="refused")
    await notify.world.tell(answer, stream=f"consents-{late}", subject=late)
    await notify.until_caught_up()
    refused = (await notify.client.get("/policy-notices?why=refused", headers=officer)).json()
    assert [one["learner_id"] for one in refused["items"]] == [late]
    assert refused["unreached"] == 0
    assert notice_id("2", late) not in str(refused)

    notify.clock.move_to(effect)
    after = await notify.run("policy_notices")
    assert set(after.values()) == {0}


@pytest.mark.promise("C12.1")
async def test_a_notice_that_came_back_goes_to_the_new_address_and_staff_tell_the_others(
    notify: Notify,
) -> None:
    moved, silent = [await notify.world.learner() for _ in range(2)]
    for learner in (moved, silent):
        await notify.until_status(learner, "welcome", "sent")
    published = consent.PolicyPublished(
        version="2",
        substantial=True,
        effective_at=notify.clock.now() + timedelta(days=31),
        summary=NEWS,
    )
    await notify.world.tell(published, stream="privacy-policy", subject="privacy-policy")
    await notify.until_caught_up()
    notify.post.refusals += ["550 5.1.1 no such mailbox"] * 2
    assert (await notify.run("policy_notices"))["failed"] == 2
    await notify.until_caught_up()
    assert (await notify.run("policy_notices"))["sent"] == 0

    notify.later(timedelta(hours=1))
    changed = identity.EmailChanged.model_validate(
        {
            "learner_id": moved,
            "email": Personal("nouvelle@exemple.test"),
            "previous_email": Personal(f"{moved}@exemple.test"),
            "stop_until": notify.clock.now() + timedelta(days=3),
        }
    )
    await notify.world.tell(changed, stream=f"learner-{moved}", subject=moved)
    await notify.until_caught_up()
    notify.post.taken.clear()
    assert (await notify.run("policy_notices"))["sent"] == 1
    await notify.until_caught_up()
    assert (await notify.run("policy_notices"))["sent"] == 0
    (mail,) = [one for one in notify.post.taken if "privacy/announced" in str(one)]
    assert str(mail["To"]) == "nouvelle@exemple.test"

    officer = notify.headers(new_id(), Role.DPO)
    path = f"/policy-notices/{silent}/2/told"
    unknown = await notify.client.post(
        f"/policy-notices/{silent}/3/told", json={"channel": "post"}, headers=officer
    )
    noted = await notify.client.post(path, json={"channel": "telephone"}, headers=officer)
    assert (unknown.status_code, noted.status_code) == (404, 204)
    await notify.until_caught_up()
    found = (await notify.client.get("/policy-notices?why=told", headers=officer)).json()
    (row,) = found["items"]
    assert (row["learner_id"], row["version"], row["told"]["channel"]) == (silent, "2", "telephone")
    assert found["unreached"] == 0
