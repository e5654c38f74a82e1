"""The privacy policy over HTTP, on the real store and the real topics (C12)."""

from datetime import timedelta

import pytest

from services.consent.adapters.policy_files import load_policies
from services.consent.application.policy import PolicyBook
from services.consent.domain.policy.text import Policies, PolicyText
from shared.clock import SystemClock
from shared.events.consent import PolicyAnswered, PolicyPublished
from shared.http.auth import Role
from shared.ids import new_id
from shared.settings import ConfigurationError
from tests.integration.consent.conftest import Consent


@pytest.mark.promise("C12.1", "C12.2")
async def test_a_version_is_compared_published_and_answered(consent: Consent) -> None:
    officer, learner = consent.headers(new_id(), Role.DPO), new_id()
    who = consent.headers(learner)
    client = consent.client
    before = (await client.get("/policy")).json()
    ready = (await client.get("/policy/register", headers=officer)).json()["ready"][0]
    hidden = await client.get("/policy/changes?since=1&to=2")
    draft = await client.get("/policy/register/changes?since=1&to=2", headers=officer)
    unasked = await client.post(
        "/me/policy/answers", json={"version": "2", "answer": "accepted"}, headers=who
    )
    tomorrow = (SystemClock().now() + timedelta(days=1)).date().isoformat()
    early = await client.post(
        "/policy/publications",
        json={"version": "2", "substantial": True, "effective_on": tomorrow},
        headers=officer,
    )
    published = await client.post(
        "/policy/publications", json={"version": "2", "substantial": True}, headers=officer
    )
    again = await client.post(
        "/policy/publications", json={"version": "2", "substantial": False}, headers=officer
    )

    assert (before["shown"]["version"], before["coming"]) == ("1", None)
    assert before["shown"]["updated_on"] == "2025-01-12"
    assert (hidden.status_code, unasked.status_code) == (404, 404)
    assert draft.json()["words_added"] > 0
    assert (early.status_code, early.json()["type"].rpartition("/")[2]) == (
        409,
        "effect-too-early",
    )
    assert (published.status_code, again.status_code) == (200, 409)

    asked = (await client.get("/me/policy", headers=who)).json()
    for answer in ("accepted", "refused", "refused"):
        own = await client.post(
            "/me/policy/answers",
            json={"version": "2", "answer": answer, "language": "fr"},
            headers=who,
        )
        assert own.json()["answer"] == answer
    held = (await client.get("/me/held-data", headers=who)).json()["items"]
    after = (await client.get("/policy")).json()

    assert (asked["announced"]["version"], asked["is_coming"], asked["answer"]) == ("2", True, None)
    assert asked["announced"]["updated_on"] == ready["earliest_if_substantial"]
    assert [(one["field"], one["value"]) for one in held] == [("policy:2", "refused")]
    assert (after["shown"]["version"], after["coming"]["version"]) == ("1", "2")
    told = [envelope.data for envelope in await consent.published(3)]
    # The policy and a person may be on different partitions, in either order.
    assert sum(isinstance(one, PolicyPublished) for one in told) == 1
    assert [one.decision for one in told if isinstance(one, PolicyAnswered)] == [
        "accepted",
        "refused",
    ]


async def test_the_officer_alone_publishes(consent: Consent) -> None:
    body = {"version": "2", "substantial": False}
    for role in (Role.LEARNER, Role.ADMINISTRATOR, Role.SECURITY):
        answer = await consent.client.post(
            "/policy/publications", json=body, headers=consent.headers(new_id(), role)
        )
        assert answer.status_code == 403


@pytest.mark.promise("C12.1", "C12.2")
async def test_the_service_does_not_start_when_a_file_says_other_words_than_were_published(
    consent: Consent,
) -> None:
    officer = consent.headers(new_id(), Role.DPO)
    published = await consent.client.post(
        "/policy/publications", json={"version": "2", "substantial": True}, headers=officer
    )
    assert published.status_code == 200
    shipped = load_policies()
    first, second, *_ = shipped.texts
    edited = second.model_copy(update={"sections": second.sections[:-1]})
    store = consent.app.state.runtime.kernel.store

    def book(*texts: PolicyText) -> PolicyBook:
        return PolicyBook(store, SystemClock(), Policies(texts=texts))

    await book(*shipped.texts).verify()
    with pytest.raises(ConfigurationError, match="policy: 2: other words than were published"):
        await book(first, edited).verify()
    with pytest.raises(ConfigurationError, match="policy: 2: published, and there is no file"):
        await book(first).verify()
