"""A value marked as wrong, decided by who may, and seen everywhere (C8.2)."""

from typing import Any

import pytest

from shared.http.auth import Role
from tests.integration.learning.conftest import Running
from tests.waiting import eventually


async def _held(learning: Running, learner: str, field: str) -> list[dict[str, Any]]:
    held = (await learning.get("/me/held-data", who=learner))["items"]
    return [one for one in held if one["field"] == field]


async def _queued(learning: Running, role: Role, count: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    async def so() -> bool:
        found[:] = (await learning.get("/disputes", role=role))["items"]
        return len(found) == count

    await eventually(so)
    return found


@pytest.mark.promise("C8.2", "C4.2")
async def test_a_disputed_result_and_recipient_are_decided_each_in_its_compartment(  # noqa: PLR0915 - one story
    learning: Running,
) -> None:
    learner = await learning.open_account()
    ids = await learning.enrol(learner)
    await learning.complete(learner, ids["enrolment_id"])
    await learning.assign("staff")
    score, *_ = await _held(learning, learner, "score")
    (name,) = await _held(learning, learner, "billing_name")
    says = {"should_be": "40", "why": "Je me suis trompé de bouton.", "restricted": True}
    foreign = {**says, "about": name["event_id"], "field": "score"}
    assert (
        await learning.ask("POST", "/me/disputes", who=learner, json=foreign)
    ).status_code == 404
    about = {**says, "about": score["event_id"], "field": "score"}
    marked = await learning.ask("POST", "/me/disputes", who=learner, json=about)
    assert marked.status_code == 201
    bill = {
        "about": name["event_id"], "field": "billing_name", "should_be": "Canari SARL",
        "why": "Mon employeur paie.",
    }  # fmt: skip
    assert (await learning.ask("POST", "/me/disputes", who=learner, json=bill)).status_code == 201
    again = await learning.ask("POST", "/me/disputes", who=learner, json=bill)
    assert again.json()["code"] == "already-contested"

    (result,) = await _queued(learning, Role.TRAINER, 1)
    (recipient,) = await _queued(learning, Role.BILLING, 1)
    assert (result["field"], recipient["field"]) == ("score", "billing_name")
    await _queued(learning, Role.DPO, 2)
    at = f"/disputes/{result['object']}/{result['dispute_id']}"
    paid = f"/disputes/{recipient['object']}/{recipient['dispute_id']}"
    assert (await learning.ask("GET", at, role=Role.BILLING)).status_code == 404
    assert (await learning.ask("GET", paid, role=Role.TRAINER)).status_code == 404
    assert (await learning.ask("GET", at, role=Role.SUPPORT)).status_code == 403
    shown = await learning.get(at, role=Role.TRAINER)
    assert (shown["value"], shown["should_be"], shown["may_decide"]) == ("100", "40", True)
    # Restricted while it is contested: trainers do not read it elsewhere, nothing rests on it.
    history = await learning.get(f"/learners/{learner}/history", role=Role.TRAINER)
    (disputed,) = [one for one in history["enrolments"][0]["exercises"] if one["score"] is None]
    certify = f"/enrolments/{ids['enrolment_id']}/certification"
    granted = {"decision": "granted"}
    held_up = await learning.ask("POST", certify, who="staff", role=Role.TRAINER, json=granted)
    assert held_up.json()["code"] == "contested"

    accepted = {"outcome": "accepted", "right": "40"}
    done = await learning.ask(
        "POST", f"{at}/decision", who="staff", role=Role.TRAINER, json=accepted
    )
    assert done.status_code == 204
    scores = await _held(learning, learner, "score")
    assert [one["value"] for one in scores].count("40") == 1
    assert score["event_id"] not in {one["event_id"] for one in scores}, "the wrong one is gone"
    history = await learning.get(f"/learners/{learner}/history", role=Role.TRAINER)
    corrected = {one["exercise_id"]: one["score"] for one in history["enrolments"][0]["exercises"]}
    assert corrected[disputed["exercise_id"]] == 40

    renamed = {"outcome": "accepted", "right": "Canari SARL"}
    assert (
        await learning.ask("POST", f"{paid}/decision", who="staff", role=Role.BILLING, json=renamed)
    ).status_code == 204
    (own,) = (await learning.get("/me/invoices", who=learner))["items"]
    assert own["billing_name"] == "Canari SARL"

    async def listed() -> bool:
        known = (await learning.get("/invoices", role=Role.BILLING))["items"]
        return [one["billing_name"] for one in known] == ["Canari SARL"]

    await eventually(listed)
    await _queued(learning, Role.DPO, 0)
    mine = (await learning.get("/me/disputes", who=learner))["items"]
    assert [one["outcome"] for one in mine] == ["accepted", "accepted"]
