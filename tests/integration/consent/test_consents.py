"""Consent over HTTP, on the real store and the real topics."""

import asyncio

import pytest
from tenacity import AsyncRetrying, stop_after_delay, wait_fixed

from services.notify.adapters.unsubscribe_links import UnsubscribeLinks
from shared.events.base import SubjectId
from shared.events.consent import ConsentGranted, ConsentWithdrawn, ObjectionLifted, ObjectionRaised
from shared.events.notify import MessageComplained
from shared.events.retention import ErasureOrdered
from shared.http.auth import Role
from shared.ids import new_id
from tests.integration.consent.conftest import LINK_SECRET, Consent

LINKS = UnsubscribeLinks(LINK_SECRET, "https://portal.test")


@pytest.mark.promise("C9.2")
async def test_a_decision_is_current_at_once_and_published_once(consent: Consent) -> None:
    who = consent.headers(learner := new_id())
    before = (await consent.client.get("/me/consents", headers=who)).json()
    for decision in ("granted", "granted", "withdrawn", "withdrawn"):
        answer = await consent.client.post(
            "/me/consents/newsletter",
            json={"decision": decision, "language": "en"},
            headers=who,
        )
        assert answer.status_code == 200
        assert answer.json()["decision"] == decision
        assert answer.json()["granted"] == (decision == "granted")

    granted, withdrawn = await consent.published(2)
    assert not any(one["granted"] for one in before["consents"])
    assert granted.data == ConsentGranted(
        learner_id=SubjectId(learner),
        purpose="newsletter",
        text_version=before["consents"][0]["text_version"],
        language="en",
        channel="portal",
    )
    assert isinstance(withdrawn.data, ConsentWithdrawn)


async def test_decisions_made_at_the_same_moment_are_all_kept(consent: Consent) -> None:
    who = consent.headers(new_id())
    purposes = ("newsletter", "events", "surveys")
    answers = await asyncio.gather(
        *(
            consent.client.post(f"/me/consents/{one}", json={"decision": "granted"}, headers=who)
            for one in purposes
        )
    )

    view = (await consent.client.get("/me/consents", headers=who)).json()
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert {one["purpose"] for one in view["consents"] if one["granted"]} == set(purposes)


@pytest.mark.promise("C8.3")
async def test_an_objection_explains_its_consequences_and_can_be_lifted(consent: Consent) -> None:
    who = {**consent.headers(new_id()), "Accept-Language": "en"}
    before, *_ = (await consent.client.get("/me/consents", headers=who)).json()["objections"]
    raised = await consent.client.put("/me/objections/suggestions", headers=who)
    lifted = await consent.client.delete("/me/objections/suggestions", headers=who)

    assert "Your courses" in " ".join(before["consequences"])
    assert (before["raised"], raised.json()["raised"], lifted.json()["raised"]) == (
        False,
        True,
        False,
    )
    assert [type(one.data) for one in await consent.published(2)] == [
        ObjectionRaised,
        ObjectionLifted,
    ]


@pytest.mark.promise("C9.2")
async def test_an_unsubscribe_link_works_without_a_session_as_often_as_it_is_used(
    consent: Consent,
) -> None:
    who = consent.headers(learner := new_id())
    await consent.client.post("/me/consents/newsletter", json={"decision": "granted"}, headers=who)
    body = {"token": LINKS.token(SubjectId(learner), "newsletter")}
    first = await consent.client.post("/unsubscriptions", json=body)
    second = await consent.client.post("/unsubscriptions", json=body)

    view = (await consent.client.get("/me/consents", headers=who)).json()
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert view["consents"][0]["decision"] == "withdrawn"
    _, withdrawn = await consent.published(2)
    assert isinstance(withdrawn.data, ConsentWithdrawn)
    assert withdrawn.data.channel == "unsubscribe_link"


@pytest.mark.promise("C9.2", "C8.4")
async def test_the_answer_is_the_same_whoever_the_link_is_about(consent: Consent) -> None:
    erased, unknown = new_id(), new_id()
    who = consent.headers(erased)
    await consent.client.post("/me/consents/newsletter", json={"decision": "granted"}, headers=who)
    await consent.tell(
        ErasureOrdered(
            case_id=new_id(),
            subject_id=SubjectId(erased),
            scopes=(),
            mode="deleted",
            reason="request",
            rule_ids=(),
            closes_account=True,
        ),
        erased,
    )
    async for attempt in AsyncRetrying(stop=stop_after_delay(20), wait=wait_fixed(0.02)):
        with attempt:
            anew = consent.headers(erased)
            held = await consent.client.get("/me/held-data", headers=anew)
            assert held.json() == {"items": []}
    answers = [
        await consent.client.post(
            "/unsubscriptions", json={"token": LINKS.token(SubjectId(one), "newsletter")}
        )
        for one in (erased, unknown)
    ]
    refused = await consent.client.post(
        "/me/consents/newsletter", json={"decision": "granted"}, headers=consent.headers(erased)
    )

    assert {(a.status_code, a.text) for a in answers} == {(200, '{"purpose":"newsletter"}')}
    assert refused.status_code == 410


@pytest.mark.promise("C8.1")
async def test_the_dpo_and_the_learner_see_the_same_decisions(consent: Consent) -> None:
    who = consent.headers(learner := new_id())
    await consent.client.post("/me/consents/surveys", json={"decision": "granted"}, headers=who)
    mine = (await consent.client.get("/me/held-data", headers=who)).json()
    theirs = await consent.client.get(
        f"/learners/{learner}/held-data", headers=consent.headers("dpo-1", Role.DPO)
    )
    forbidden = await consent.client.get(
        f"/learners/{learner}/held-data", headers=consent.headers("trainer-1", Role.TRAINER)
    )

    (item,) = mine["items"]
    assert (item["category"], item["field"], item["value"]) == (
        "contact",
        "consent:surveys",
        "granted",
    )
    assert theirs.json() == mine
    assert forbidden.status_code == 403


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/unsubscriptions", {"token": "not.ours"}, 400, "invalid-link"),
        ("/me/consents/resale", {"decision": "granted"}, 404, "unknown-purpose"),
        (
            "/me/consents/events",
            {"decision": "granted", "text_version": "events-1999-01"},
            409,
            "text-changed",
        ),
    ],
)
async def test_a_refusal_explains_itself_in_both_languages(
    consent: Consent, path: str, body: dict[str, str], status: int, code: str
) -> None:
    titles = set()
    for language in ("fr", "en"):
        who = {**consent.headers(new_id()), "Accept-Language": language}
        answer = await consent.client.post(path, json=body, headers=who)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        titles.add(answer.json()["title"])
    assert len(titles) == 2


@pytest.mark.promise("C9.2")
async def test_a_message_called_unwanted_withdraws_the_consent_that_it_rested_on(
    consent: Consent,
) -> None:
    who = consent.headers(learner := new_id())
    for purpose in ("newsletter", "events"):
        answer = await consent.client.post(
            f"/me/consents/{purpose}", json={"decision": "granted", "language": "en"}, headers=who
        )
        assert answer.status_code == 200
    unwanted = MessageComplained(
        subject_id=SubjectId(learner), message_id=new_id(), kind="newsletter", purpose="newsletter"
    )
    for one in (unwanted.model_copy(update={"purpose": None}), unwanted):
        await consent.tell(one, learner)

    *_, withdrawn = await consent.published(3)
    assert withdrawn.data == ConsentWithdrawn(
        learner_id=SubjectId(learner), purpose="newsletter", channel="complaint"
    )
    newest, *_ = (await consent.client.get("/me/decisions", headers=who)).json()["items"]
    assert (newest["decision"], newest["place"], newest["gesture"]) == (
        "withdrawn",
        "mail_program",
        "reported",
    )
    assert newest["text_version"] == "newsletter-2025-01"
    path = f"/me/decisions/{newest['decision_id']}/receipt"
    receipt = (await consent.client.get(path, headers=who)).json()
    assert receipt["record"]["events"][0]["channel"] == "complaint"
