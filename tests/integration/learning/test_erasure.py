"""Anonymisation contributes exactly once and leaves no link; erasure erases (C2.6, C8.4)."""

from typing import Any

import pytest

from services.learning.application import erase as erase_module
from services.learning.domain.statistics.decide import figures_of
from shared.events.base import SubjectId
from shared.events.erasure import ErasureMode, KeyScope
from shared.events.retention import ErasureOrdered, KeyDestroyed
from shared.http.auth import Role
from shared.personal import Category
from tests.integration.learning.conftest import Running
from tests.waiting import eventually, maintained


def order(case: str, subject: str, mode: ErasureMode, *scopes: KeyScope) -> ErasureOrdered:
    return ErasureOrdered(
        case_id=case,
        subject_id=SubjectId(subject),
        scopes=scopes,
        mode=mode,
        reason="term",
        rule_ids=("learning-history",),
        closes_account=False,
    )


def history_of(enrolment: str) -> KeyScope:
    return KeyScope(category=Category.LEARNING_HISTORY, object=enrolment)


async def commits(learning: Running, **query: Any) -> list[dict[str, Any]]:
    return [c async for c in learning.database.collection("commits").find(query)]


async def acknowledged(learning: Running, case: str) -> None:
    async def there() -> bool:
        return bool(await commits(learning, stream=f"erasure-{case}"))

    await eventually(there)


async def answered_course(learning: Running) -> tuple[str, str]:
    learner = await learning.open_account()
    ids = await learning.enrol(learner)
    await learning.complete(learner, ids["enrolment_id"])
    return learner, ids["enrolment_id"]


@pytest.mark.promise("C2.6", "C2.3")
async def test_an_anonymised_enrolment_counts_once_however_often_it_is_ordered(
    learning: Running,
) -> None:
    learner, enrolment = await answered_course(learning)
    for case in ("case-1", "case-1", "case-2"):
        ordered = order(case, learner, "anonymised", history_of(enrolment))
        await learning.outside.publish("retention", learner, ordered)
    await acknowledged(learning, "case-2")
    figures = await commits(learning, stream="statistics-budget-request")
    assert len(figures) == 1
    assert figures[0]["events"][0]["data"] == {
        "module_id": "budget-request",
        "period": "2030",
        "answers": 4,
        "score_sum": 400,
        "completed": True,
        "certified": False,
    }

    await learning.outside.destroy(learner, Category.LEARNING_HISTORY, enrolment)
    destroyed = KeyDestroyed(
        case_id="case-1",
        subject_id=SubjectId(learner),
        category=Category.LEARNING_HISTORY,
        object=enrolment,
    )
    await learning.outside.publish("retention", learner, destroyed)
    late = order("case-3", learner, "anonymised", history_of(enrolment))
    await learning.outside.publish("retention", learner, late)
    await acknowledged(learning, "case-3")
    assert len(await commits(learning, stream="statistics-budget-request")) == 1
    mine = await learning.get(f"/me/enrolments/{enrolment}", who=learner)
    assert mine["status"] == "anonymised"
    assert mine["score"] is None
    assert all(one["erased"] for e in mine["exercises"] for one in e["attempts"])
    held = await learning.get("/me/held-data", who=learner)
    history = [one for one in held["items"] if one["category"] == "learning_history"]
    assert history
    assert all(one["erased"] and one["value"] is None for one in history)


@pytest.mark.promise("C2.6", "C9.3")
async def test_the_figures_carry_no_trace_of_whose_they_were(learning: Running) -> None:
    learner, enrolment = await answered_course(learning)
    ordered = order("case-1", learner, "anonymised", history_of(enrolment))
    event_id = await learning.outside.publish("retention", learner, ordered)
    await acknowledged(learning, "case-1")
    (figures,) = await commits(learning, stream="statistics-budget-request")
    stored = repr(figures)
    for trace in (learner, enrolment, "case-1", event_id):
        assert trace not in stored
    link = figures["command_id"].removeprefix("contribution:")
    others = await commits(learning, stream={"$ne": "statistics-budget-request"})
    assert link not in repr(others)


@pytest.mark.promise("C2.6")
async def test_a_crash_between_the_two_steps_neither_loses_nor_doubles_the_figures(
    learning: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner, enrolment = await answered_course(learning)
    crashes: list[bool] = []

    def crash_first(state: Any) -> Any:
        if not crashes:
            crashes.append(state.anonymised)
            raise RuntimeError("crash")
        return figures_of(state)

    monkeypatch.setattr(erase_module, "figures_of", crash_first)
    ordered = order("case-1", learner, "anonymised", history_of(enrolment))
    await learning.outside.publish("retention", learner, ordered)
    await acknowledged(learning, "case-1")
    assert crashes == [True]
    assert len(await commits(learning, stream="statistics-budget-request")) == 1


@pytest.mark.promise("C8.4")
async def test_deletion_contributes_nothing_and_takes_the_rows(learning: Running) -> None:
    learner, enrolment = await answered_course(learning)
    names = KeyScope(category=Category.CIVIL_IDENTITY)
    ordered = order("case-1", learner, "deleted", history_of(enrolment), names)
    await learning.settled("enrolments", enrolment, status="completed")
    await learning.outside.publish("retention", learner, ordered)
    await acknowledged(learning, "case-1")
    assert await commits(learning, stream="statistics-budget-request") == []
    await learning.settled("enrolments", enrolment, _gone=True)
    await learning.settled("learners", learner, _gone=True)
    response = await learning.ask("GET", f"/learners/{learner}/history", role=Role.TRAINER)
    assert response.status_code == 404
    (done,) = await commits(learning, stream="erasure-case-1")
    assert done["events"][0]["data"]["counts"] == {"civil_identity": 0, "learning_history": 8}


@pytest.mark.promise("C2.6", "C9.3")
async def test_statistics_show_no_group_of_fewer_than_ten(learning: Running) -> None:
    for number in range(10):
        if number == 9:
            shown = await learning.get("/statistics")
            assert (shown["items"], shown["k"], shown["hidden_groups"]) == ([], 10, 1)
        learner = await learning.open_account()
        ids = await learning.enrol(learner)
        await learning.answer(learner, ids["enrolment_id"], "best-opening", "b")
        ordered = order(f"c-{number}", learner, "anonymised", history_of(ids["enrolment_id"]))
        await learning.outside.publish("retention", learner, ordered)
        await learning.settled("statistics", "budget-request:2030", enrolments=number + 1)
    shown = await learning.get("/statistics")
    assert shown["items"][0]["enrolments"] == 10
    assert shown["items"][0]["mean_score"] == 100
    assert "not shown" in shown["note"]


@pytest.mark.promise("C2.6")
async def test_a_rebuilt_read_model_equals_the_running_one(learning: Running) -> None:
    learner, enrolment = await answered_course(learning)
    other, _ = await answered_course(learning)
    ordered = order("case-1", learner, "anonymised", history_of(enrolment))
    await learning.outside.publish("retention", learner, ordered)
    await acknowledged(learning, "case-1")
    await learning.settled("statistics", "budget-request:2030", enrolments=1)
    await learning.settled("enrolments", enrolment, _gone=True)
    await learning.outside.destroy(learner, Category.LEARNING_HISTORY, enrolment)
    for name in ("learners", "enrolments", "invoices", "statistics", "objections"):
        before = await documents(learning, name)
        token = learning.issuer.issue("operator", Role.SYSTEM)
        operator = {"Authorization": f"Bearer {token}"}
        await maintained(learning.http, operator, name, "rebuild")
        assert await documents(learning, name) == before
    assert other in [one["learner_id"] for one in await documents(learning, "enrolments")]


async def documents(learning: Running, name: str) -> list[dict[str, Any]]:
    """Return the living documents of a read model, without the runner's own fields."""
    cursor = learning.database.collection(name).find({"_gone": {"$exists": False}})
    rows = [{k: v for k, v in row.items() if k not in {"_rev", "_seen"}} async for row in cursor]
    return sorted(rows, key=lambda row: str(row["_id"]))
