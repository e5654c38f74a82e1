"""One workflow for rights: from the portal, by post with a link, over erasure and conversion."""

import re
from typing import Any

import pytest

from shared.events.base import SubjectId
from shared.events.consent import ObjectionLifted, ObjectionRaised
from shared.events.erasure import KeyScope
from shared.events.identity import SupportReplied
from shared.events.retention import (
    ErasureCertified,
    ErasureOrdered,
    ErasureRequested,
    ProcessorAgreed,
)
from shared.http.auth import Role
from shared.personal import Category
from shared.processors.model import ProcessorTerms
from tests.integration.identity.conftest import Identity
from tests.integration.identity.test_accounts import confirmed
from tests.waiting import eventually

WRITER = "prospect@canari.test"
LETTER = {
    "channel": "post", "name": "Prospect Test", "email": WRITER,
    "title": "Protection des données", "message": "Que savez-vous de moi ?", "language": "en",
}  # fmt: skip


async def _cases(identity: Identity, state: str = "open") -> list[Any]:
    dpo = identity.token("d", Role.DPO)
    answer = await identity.client.get("/rights-cases", params={"state": state}, headers=dpo)
    return list(answer.json()["items"])


async def _case(service: Identity, state: str = "open", **wanted: object) -> dict[str, Any]:
    """Return the only case in `state`, once what is `wanted` of it holds."""
    found: list[Any] = []

    async def so() -> bool:
        found[:] = await _cases(service, state)
        return len(found) == 1 and all(found[0][name] == value for name, value in wanted.items())

    await eventually(so)
    return dict(found[0])


async def _knows(identity: Identity, processor: str) -> bool:
    database = identity.mongo.database("identity")
    return await database.collection("processors").find_one({"_id": processor}) is not None


async def _told(identity: Identity, case_id: str, count: int) -> list[str]:
    """Return the `count` things that its person was told in the exchange, once they are there."""
    dpo, told = identity.token("d", Role.DPO), list[str]()

    async def so() -> bool:
        answer = await identity.client.get(f"/support-requests/{case_id}", headers=dpo)
        messages = answer.json().get("messages", ())
        told[:] = [one["text"] for one in messages if one["from"] == "support"]
        return len(told) == count

    await eventually(so)
    return told


@pytest.mark.promise("C8.1", "C13.1", "C13.2", "C4.2")
async def test_a_complaint_from_the_portal_is_acknowledged_and_answered(identity: Identity) -> None:
    learner = identity.token(await confirmed(identity), Role.LEARNER)
    dpo, client = identity.token("d", Role.DPO), identity.client
    body = {"kind": "complaint", "message": "On ne m'a pas répondu"}
    once = {**learner, "Idempotency-Key": "complaint-once-1"}
    asked = await client.post("/me/rights-cases", json=body, headers=once)
    again = await client.post("/me/rights-cases", json=body, headers=once)
    case_id = asked.json()["case_id"]
    assert again.json()["case_id"] == case_id
    (acknowledgement,) = await _told(identity, case_id, 1)
    assert "CNIL" in acknowledgement
    case = await _case(identity, identity="session", channel="portal", overdue=False)
    assert case["acknowledge_by"] < case["due_at"]
    for role in (Role.SUPPORT, Role.TRAINER, Role.ADMINISTRATOR):
        refused = await client.get("/rights-cases", headers=identity.token("x", role))
        assert refused.status_code == 403
    # The exchange cannot end, nor change hands, without the case.
    path = f"/support-requests/{case_id}"
    assert (await client.post(f"{path}/resolution", headers=dpo)).status_code == 409
    moved = await client.put(f"{path}/queue", json={"queue": "support"}, headers=dpo)
    assert moved.status_code == 409
    longer = {"reason": "complexity"}
    extended = await client.post(f"/rights-cases/{case_id}/extension", json=longer, headers=dpo)
    assert extended.json()["code"] == "not-extendable"
    other = identity.token("learner-2", Role.LEARNER)
    foreign = await client.post(f"/me/rights-cases/{case_id}/withdrawal", headers=other)
    assert foreign.status_code == 404

    answer = {"outcome": "granted", "message": "Nous nous excusons."}
    sent = await client.post(f"/rights-cases/{case_id}/answer", json=answer, headers=dpo)
    assert sent.status_code == 204
    await _case(identity, "closed", outcome="granted", in_time=True)
    (mine,) = (await client.get("/me/rights-cases", headers=learner)).json()["items"]
    assert mine["outcome"] == "granted"
    assert "assignee" not in mine
    assert (await _told(identity, case_id, 2))[1].startswith("Nous nous excusons.")

    async def resolved() -> bool:
        return bool((await client.get(path, headers=dpo)).json()["resolved"])

    await eventually(resolved)
    figures = (await client.get("/rights-cases/statistics", headers=dpo)).json()["kinds"]
    counted = {one["kind"]: (one["open"], one["closed"], one["late"]) for one in figures}
    assert counted["complaint"] == (0, 1, 0)


@pytest.mark.promise("C8.1", "C8.4", "C13.4")
async def test_a_letter_is_confirmed_by_the_known_address_and_ends_with_its_person(
    identity: Identity,
) -> None:
    dpo, client = identity.token("d", Role.DPO), identity.client
    noted = await client.post("/support-requests", json=LETTER, headers=dpo)
    case_id = noted.json()["request_id"]
    entered = {"request_id": case_id, "kind": "access"}
    for wrong in ({**entered, "received_on": "2020-01-01"}, {**entered, "kind": "nothing"}):
        assert (await client.post("/rights-cases", json=wrong, headers=dpo)).status_code == 422
    unknown = {**entered, "request_id": "nothing"}
    assert (await client.post("/rights-cases", json=unknown, headers=dpo)).status_code == 409
    assert (await client.post("/rights-cases", json=entered, headers=dpo)).status_code == 201
    (acknowledgement,) = await _told(identity, case_id, 1)
    assert "access to your data" in acknowledgement, "in the language of who writes"
    found = re.search(r"confirm-request\?token=(\S+)", acknowledgement)
    assert found is not None
    token = found.group(1)
    resend = f"/rights-cases/{case_id}/confirmation-link"
    assert (await client.post(resend, headers=dpo)).status_code == 204
    again = re.search(r"confirm-request\?token=(\S+)", (await _told(identity, case_id, 2))[1])
    assert again is not None
    lately = await client.post(resend, headers=dpo)
    assert (lately.status_code, lately.json()["code"]) == (429, "confirmation-sent-lately")
    (replied,) = await identity.published("SupportReplied")
    assert isinstance(replied.data, SupportReplied)
    assert replied.data.channel == "email"
    answer = {"outcome": "granted", "message": "Voici."}
    early = await client.post(f"/rights-cases/{case_id}/answer", json=answer, headers=dpo)
    assert early.json()["code"] == "identity-unconfirmed"
    shown = await client.post("/rights-confirmations/asked", json={"token": token})
    assert (shown.json()["kind"], shown.json()["confirmed"]) == ("access", False)
    forged = await client.post("/rights-confirmations", json={"token": "x.y.z"})
    assert forged.status_code == 400
    # The link that was sent first stays good beside the second, and both show the same once.
    for link in (token, again.group(1)):
        done = await client.post("/rights-confirmations", json={"token": link})
        assert done.status_code == 204
    longer = {"reason": "complexity"}
    extended = await client.post(f"/rights-cases/{case_id}/extension", json=longer, headers=dpo)
    assert extended.status_code == 204
    case = await _case(identity, identity="link", extended="complexity", resent=1)
    assert "two months" in (await _told(identity, case_id, 3))[2], "and the person was told"
    person = SubjectId(case["subject_id"])
    order = ErasureOrdered(
        case_id="c1", subject_id=person, mode="deleted", reason="term",
        scopes=(KeyScope(category=Category.SUPPORT, object=case_id),),
        rule_ids=("prospects-exchanges",), closes_account=False,
    )  # fmt: skip
    await identity.deliver(order, person, "ordered-1")
    await _case(identity, "closed", outcome="erased", subject_id=None)


@pytest.mark.promise("C8.1", "C2.9")
async def test_a_request_goes_on_under_the_account_with_its_term(identity: Identity) -> None:
    dpo, client = identity.token("d", Role.DPO), identity.client
    noted = await client.post("/support-requests", json=LETTER, headers=dpo)
    entered = {"request_id": noted.json()["request_id"], "kind": "portability"}
    await client.post("/rights-cases", json=entered, headers=dpo)
    before = await _case(identity)
    learner = await confirmed(identity, WRITER)
    await _case(identity, subject_id=learner, identity="link", due_at=before["due_at"])
    await _case(identity, "closed", outcome="handed_on")


@pytest.mark.promise("C8.2", "C8.3", "C8.4")
async def test_what_the_person_does_is_a_case_by_itself_and_forgotten_with_the_account(
    identity: Identity,
) -> None:
    learner = await confirmed(identity)
    own, dpo, client = (
        identity.token(learner, Role.LEARNER),
        identity.token("d", Role.DPO),
        identity.client,
    )
    payer = ProcessorTerms(
        organisation="Canari SAS",
        country="FR",
        flows=("payment",),
        categories=(Category.CIVIL_IDENTITY,),
        contract="contract-1",
    )
    agreed = ProcessorAgreed(processor_id="payer", terms=payer)
    await identity.deliver(agreed, "processors", "agreed-1")
    await eventually(lambda: _knows(identity, "payer"))
    first = {"goals": "Négocier"}
    await client.put("/me/profile", json=first, headers=own)
    await client.put("/me/profile", json={"goals": "Négocier mieux"}, headers=own)
    await client.patch("/me", json={"language": "en"}, headers=own)
    await client.patch("/me", json={"last_name": "Juste"}, headers=own)
    person = SubjectId(learner)
    raised = ObjectionRaised(learner_id=person, purpose="suggestions")
    for number in range(2):
        await identity.deliver(raised, person, f"raised-{number // 2}")
    await identity.deliver(
        ObjectionLifted(learner_id=person, purpose="suggestions"), person, "lifted-1"
    )
    asked = ErasureRequested(case_id="erasure-1", subject_id=person)
    await identity.deliver(asked, person, "asked-1")

    async def so() -> bool:
        mine = (await client.get("/me/rights-cases", headers=own)).json()["items"]
        acts = sorted((one["act"], one["outcome"], bool(one["undone_at"])) for one in mine)
        return acts == [
            ("account", "granted", False),
            ("everything", None, False),
            ("profile", "granted", False),
            ("suggestions", "granted", True),
        ]

    await eventually(so)
    (account,) = [one for one in await _cases(identity, "closed") if one["act"] == "account"]
    telling = f"/rights-cases/{account['case_id']}/recipients/payer"

    async def told() -> bool:
        await client.post(telling, headers=dpo)
        mine = (await client.get("/me/rights-cases", headers=own)).json()["items"]
        (one,) = [one for one in mine if one["act"] == "account"]
        return [(r["recipient"], bool(r["told_at"])) for r in one["recipients"]] == [
            ("payer", True)
        ]

    await eventually(told)
    (open_one,) = await _cases(identity)
    ended = await client.post(
        f"/rights-cases/{open_one['case_id']}/answer",
        json={"outcome": "refused", "message": "Non."},
        headers=dpo,
    )
    assert ended.json()["code"] == "act-elsewhere"
    order = ErasureOrdered(
        case_id="erasure-1", subject_id=person, mode="deleted", reason="request",
        scopes=(KeyScope(category=Category.PROFILE, object="-"),),
        rule_ids=("profile",), closes_account=True,
    )  # fmt: skip
    await identity.deliver(order, person, "ordered-2")
    certified = ErasureCertified(
        case_id="erasure-1", subject_id=person, certificate_id="certificate-1"
    )
    await identity.deliver(certified, person, "certified-1")

    async def forgotten() -> bool:
        closed = await _cases(identity, "closed")
        return len(closed) == 4 and all(
            (one["subject_id"], one["outcome"]) == (None, "granted") for one in closed
        )

    await eventually(forgotten)
    messages = (await client.get("/support-requests", headers=dpo)).json()
    assert messages["total"] == 0, "nobody was written to"
