"""A support exchange is two people's: forgetting one leaves the other's readable."""

import pytest

from shared.events.base import SubjectId
from shared.events.retention import KeyDestroyed
from shared.http.auth import Role
from shared.personal import WHOLE, Category
from shared.vault import KeyId
from tests.integration.identity.conftest import Identity
from tests.integration.identity.test_accounts import confirmed
from tests.waiting import eventually

AUTHOR = "Camille Test"


async def _exchange(identity: Identity) -> tuple[SubjectId, SubjectId, str]:
    """Have a learner's request answered by a member of staff with a name."""
    admin = identity.token("admin", Role.ADMINISTRATOR)
    body = {
        "name": AUTHOR,
        "email": "camille@exemple.test",
        "role": "support",
        "password": "un mot de passe de test",
    }
    appointed = await identity.client.post("/staff", json=body, headers=admin)
    staff = SubjectId(appointed.json()["staff_id"])
    learner = SubjectId(await confirmed(identity))
    me, support = identity.token(learner, Role.LEARNER), identity.token(staff, Role.SUPPORT)
    asked = await identity.client.post(
        "/me/support-requests", json={"message": "Une question"}, headers=me
    )
    request_id = asked.json()["request_id"]
    answered = await identity.client.post(
        f"/support-requests/{request_id}/replies", json={"message": "Une réponse"}, headers=support
    )
    assert answered.status_code == 201
    return learner, staff, request_id


async def _reads(
    identity: Identity, learner: SubjectId, text: str | None, author: str | None
) -> None:
    me = identity.token(learner, Role.LEARNER)

    async def check() -> bool:
        listed = await identity.client.get("/me/support-requests", headers=me)
        messages = [one for item in listed.json()["items"] for one in item["messages"]]
        return [(m["text"], m["author"]) for m in messages if m["from"] == "support"] == [
            (text, author)
        ]

    await eventually(check)


async def _forget(identity: Identity, key_id: KeyId) -> None:
    await identity.vault.destroy(key_id)
    subject = SubjectId(key_id.subject)
    destroyed = KeyDestroyed(
        case_id="c1", subject_id=subject, category=key_id.category, object=key_id.object
    )
    await identity.deliver(destroyed, subject, "destroyed-1")


@pytest.mark.promise("C8.4", "C4.3")
async def test_forgetting_the_author_leaves_the_learner_the_reply(identity: Identity) -> None:
    learner, staff, _ = await _exchange(identity)
    await _reads(identity, learner, "Une réponse", AUTHOR)
    await _forget(identity, KeyId(staff, Category.STAFF, WHOLE))
    await _reads(identity, learner, "Une réponse", None)


@pytest.mark.promise("C8.4", "C2.7")
async def test_forgetting_the_exchange_leaves_the_author_its_name(identity: Identity) -> None:
    learner, _, request_id = await _exchange(identity)
    await _reads(identity, learner, "Une réponse", AUTHOR)
    await _forget(identity, KeyId(learner, Category.SUPPORT, request_id))
    await _reads(identity, learner, None, AUTHOR)


@pytest.mark.promise("C8.1")
async def test_what_is_held_about_the_learner_does_not_name_the_author(identity: Identity) -> None:
    learner, _, _ = await _exchange(identity)
    me = identity.token(learner, Role.LEARNER)
    held = (await identity.client.get("/me/held-data", headers=me)).json()["items"]
    assert {"Une question", "Une réponse"} <= {one["value"] for one in held}
    assert AUTHOR not in {one["value"] for one in held}
