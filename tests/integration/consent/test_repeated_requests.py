"""A request about consents, sent again under its key."""

import pytest

from services.notify.adapters.unsubscribe_links import UnsubscribeLinks
from shared.events.base import SubjectId
from shared.ids import new_id
from tests.integration.consent.conftest import LINK_SECRET, Consent
from tests.integration.repeating import (
    Asked,
    check_acts_once,
    check_survives_a_death,
    events_of_requests,
)

LINKS = UnsubscribeLinks(LINK_SECRET, "https://portal.test")


def _decision(consent: Consent, learner: str, decision: str, purpose: str = "newsletter") -> Asked:
    path = f"/me/consents/{purpose}"
    return Asked("POST", path, {"decision": decision}, consent.headers(learner))


async def test_a_repetition_answers_what_was_true_then_and_changes_nothing_now(
    consent: Consent,
) -> None:
    learner, first = new_id(), new_id()
    asked = _decision(consent, learner, "granted")
    granted = await check_acts_once(consent.client, asked, status=200, key=first)
    withdraw = _decision(consent, learner, "withdrawn")
    await check_acts_once(consent.client, withdraw, status=200)

    again = await asked.sent(consent.client, first)
    assert again.content == granted.content
    now = await consent.client.get("/me/consents", headers=consent.headers(learner))
    assert not any(one["granted"] for one in now.json()["consents"])


async def test_what_changed_nothing_at_first_changes_nothing_later(consent: Consent) -> None:
    who = consent.headers(new_id())
    lift = Asked("DELETE", "/me/objections/suggestions", headers=who)
    object_to = Asked("PUT", "/me/objections/suggestions", headers=who)
    first = await lift.sent(consent.client, "lift")
    await object_to.sent(consent.client, "raise")

    again = await lift.sent(consent.client, "lift")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    view = (await consent.client.get("/me/consents", headers=who)).json()
    assert [one["purpose"] for one in view["objections"] if one["raised"]] == ["suggestions"]
    reused = await Asked("DELETE", lift.path, {"other": 1}, who).sent(consent.client, "lift")
    assert reused.json()["code"] == "idempotency-key-reused"


async def test_one_key_names_one_request_of_one_person_at_one_place(consent: Consent) -> None:
    learner, other = new_id(), new_id()
    for asked in (
        _decision(consent, learner, "granted"),
        _decision(consent, other, "granted"),
        _decision(consent, learner, "granted", "events"),
        Asked("PUT", "/me/objections/suggestions", None, consent.headers(learner)),
    ):
        await check_acts_once(consent.client, asked, status=200, key="one-and-the-same")
    assert await events_of_requests(consent.client) == 4


async def test_a_request_that_a_death_cut_short_is_done_once(
    consent: Consent, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner = new_id()
    asked = _decision(consent, learner, "granted")
    answer = await check_survives_a_death(consent.client, asked, monkeypatch, status=200)
    assert answer.json()["granted"]


async def test_an_unsubscribe_link_sent_again_withdraws_nothing_new(consent: Consent) -> None:
    learner = new_id()
    await _decision(consent, learner, "granted").sent(consent.client, "g1")
    token = LINKS.token(SubjectId(learner), "newsletter")
    unsubscribe = Asked("POST", "/unsubscriptions", {"token": token})
    await check_acts_once(consent.client, unsubscribe, status=200, key="u")
    await _decision(consent, learner, "granted").sent(consent.client, "g2")
    await unsubscribe.sent(consent.client, "u")
    view = await consent.client.get("/me/consents", headers=consent.headers(learner))
    assert view.json()["consents"][0]["granted"]


@pytest.mark.parametrize("key", ["", "deux mots", "k" * 201, "clé"])
async def test_a_key_that_is_none_is_refused(consent: Consent, key: str) -> None:
    headers = {**consent.headers(new_id()), "Idempotency-Key": key}
    answer = await consent.client.post(
        "/me/consents/newsletter",
        json={"decision": "granted"},
        headers={name.encode(): value.encode() for name, value in headers.items()},
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-idempotency-key")


async def test_neither_the_key_nor_the_body_is_stored(consent: Consent) -> None:
    key = "a-key-nobody-guesses"
    await _decision(consent, new_id(), "granted").sent(consent.client, key)
    commits = consent.app.state.keyed_requests._store._commits
    (commit,) = [one async for one in commits.find({})]
    assert key not in str(commit)
    assert len(commit["meta"]["fingerprint"]) == 64
