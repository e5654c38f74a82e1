"""Anonymisation contributes exactly once and leaves no link; erasure erases (C2.6, C8.4)."""

import asyncio
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from services.learning.domain.statistics.pool import Pool
from shared.events.base import SubjectId
from shared.events.erasure import ErasureMode, KeyScope
from shared.events.retention import ErasureOrdered, KeyDestroyed
from shared.http.auth import Role
from shared.personal import Category
from shared.settings import Settings
from shared.topics import partitions_of
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
    counted = (await learning.pool()).arriving["2030-Q1"]
    assert counted.count == (1, 1)
    assert counted.tallies["exercise:full-cost"] == {"once_75": (1, 1)}

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
    assert (await learning.pool()).arriving["2030-Q1"].count == (1, 1)
    mine = await learning.get(f"/me/enrolments/{enrolment}", who=learner)
    assert mine["status"] == "anonymised"
    assert mine["score"] is None
    assert all(one["erased"] for e in mine["exercises"] for one in e["attempts"])
    held = await learning.get("/me/held-data", who=learner)
    history = [one for one in held["items"] if one["category"] == "learning_history"]
    assert history
    assert all(one["erased"] and one["value"] is None for one in history)


@pytest.mark.promise("C2.6", "C9.3")
async def test_nothing_stored_or_published_links_figures_to_whom_they_came_from(
    learning: Running, kernel_settings: Settings
) -> None:
    """What is searched for: ids in the figures, the figures' tokens anywhere else."""
    traces = []
    for place in range(10):
        learner = await learning.open_account()
        ids = await learning.enrol(learner)
        ordered = order(f"case-{place}", learner, "anonymised", history_of(ids["enrolment_id"]))
        traces += [learner, ids["enrolment_id"], f"case-{place}"]
        traces.append(await learning.outside.publish("retention", learner, ordered))
        await acknowledged(learning, f"case-{place}")
        key = ids["enrolment_id"]
        await learning.outside.destroy(learner, Category.LEARNING_HISTORY, key)
    (sealed,) = [d async for d in learning.database.collection("statistics_pools").find()]
    pool = await learning.pool()
    assert sealed.keys() == {"_id", "revision", "pool"}
    assert len(pool.tokens) == 10
    assert not any(one in repr(sealed) + repr(pool) for one in traces)
    assert await commits(learning, stream="statistics-budget-request") == []

    await learning.release()
    await learning.settled("statistics", "budget-request", period="2030-Q2")
    stored = repr(await commits(learning)) + repr(sealed)
    everything = await raw_records(kernel_settings, "learning.events")
    assert not any(token in stored + repr(everything) for token in pool.tokens)
    (released,) = await commits(learning, stream="statistics-budget-request")
    public = [one for one in everything if b"StatisticsReleased" in one]
    assert len(public) == 1
    assert not any(one in repr(released) + repr(public) for one in traces)
    assert "causation_id" not in released["meta"]


async def raw_records(settings: Settings, topic: str) -> list[bytes]:
    """Return every record of a topic as bytes: key, headers and value."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap_servers, auto_offset_reset="earliest"
    )
    async with consumer:
        name = settings.namespace + topic
        partitions = (await partitions_of(settings, [topic]))[topic]
        places = [TopicPartition(name, one) for one in range(partitions)]
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        found = []
        while any([await consumer.position(place) < ends[place] for place in places]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found += [repr((r.key, r.headers, r.value)).encode() for r in records]
    return found


@pytest.mark.promise("C8.4")
async def test_deletion_contributes_nothing_and_takes_the_rows(learning: Running) -> None:
    learner, enrolment = await answered_course(learning)
    names = KeyScope(category=Category.CIVIL_IDENTITY)
    ordered = order("case-1", learner, "deleted", history_of(enrolment), names)
    await learning.settled("enrolments", enrolment, status="completed")
    await learning.outside.publish("retention", learner, ordered)
    await acknowledged(learning, "case-1")
    assert await learning.pool() == Pool()
    await learning.settled("enrolments", enrolment, _gone=True)
    await learning.settled("learners", learner, _gone=True)
    response = await learning.ask("GET", f"/learners/{learner}/history", role=Role.TRAINER)
    assert response.status_code == 404
    (done,) = await commits(learning, stream="erasure-case-1")
    assert done["events"][0]["data"]["counts"] == {"civil_identity": 0, "learning_history": 8}


async def took_part(learning: Running, learner: str, answer: str) -> tuple[str, str]:
    """Have the learner enrol, answer one exercise and leave; return who and what."""
    enrolment = (await learning.enrol(learner))["enrolment_id"]
    await learning.answer(learner, enrolment, "best-opening", answer)
    ended = await learning.ask("DELETE", f"/me/enrolments/{enrolment}", who=learner)
    assert ended.is_success
    return learner, enrolment


async def anonymised(learning: Running, *enrolments: tuple[str, str]) -> None:
    """Have the enrolments anonymised."""
    for learner, enrolment in enrolments:
        ordered = order(f"of-{enrolment}", learner, "anonymised", history_of(enrolment))
        await learning.outside.publish("retention", learner, ordered)
    for _, enrolment in enrolments:
        await acknowledged(learning, f"of-{enrolment}")


@pytest.mark.promise("C2.6", "C9.3")
async def test_statistics_show_no_group_of_fewer_than_ten_persons(learning: Running) -> None:
    people = await asyncio.gather(*(learning.open_account() for _ in range(20)))
    answers = ["b"] * 10 + ["a"] * 10
    first = [await took_part(learning, *one) for one in zip(people, answers, strict=True)]
    again = await took_part(learning, people[0], "b")
    await anonymised(learning, *first[:9], again)
    await learning.release()
    assert (await learning.get("/statistics"))["items"] == []
    nothing = await learning.get("/statistics/budget-request")
    assert (nothing["rows"], nothing["k"]) == ([], 10)

    await anonymised(learning, *first[9:])
    await learning.release()
    await learning.settled("statistics", "budget-request", period="2030-Q3")
    (summary,) = (await learning.get("/statistics"))["items"]
    assert (summary["enrolments"], summary["blocked"]["percent"]) == (21, 48)
    shown = await learning.get("/statistics/budget-request")
    rows = {row["scope"]: row for row in shown["rows"]}
    assert rows["2030-Q1"]["enrolments"] == 21
    assert rows["2030-Q2"]["enrolments"] is None
    assert "fewer than 10" in rows["2030-Q2"]["hidden"]
    spread = {one["about"]: one for one in rows["2030-Q1"]["distributions"]}
    opening = spread["exercise:best-opening"]["categories"]
    assert [(one["category"], one["enrolments"]) for one in opening] == [
        ("once_75", 11),
        ("below", 10),
    ]
    assert spread["progress"]["categories"] == []
    assert "share one result" in spread["progress"]["hidden"]
    missing = await learning.ask("GET", "/statistics/no-such-module")
    assert missing.status_code == 404


@pytest.mark.promise("C2.6")
async def test_a_rebuilt_read_model_equals_the_running_one(learning: Running) -> None:
    people = await asyncio.gather(*(learning.open_account() for _ in range(11)))
    enrolments = [await took_part(learning, one, "b") for one in people]
    await anonymised(learning, *enrolments[:10])
    await learning.release()
    await learning.settled("statistics", "budget-request", period="2030-Q2")
    for learner, enrolment in enrolments[:10]:
        await learning.settled("enrolments", enrolment, _gone=True)
        await learning.outside.destroy(learner, Category.LEARNING_HISTORY, enrolment)
    for name in ("learners", "enrolments", "invoices", "statistics"):
        before = await documents(learning, name)
        operator = learning.callers.headers("learning", "operator", Role.SYSTEM)
        await maintained(learning.http, operator, name, "rebuild")
        assert await documents(learning, name) == before
    (kept,) = await documents(learning, "statistics")
    assert kept["figures"][0]["counts"] == [["all", 10]]
    assert people[10] in [one["learner_id"] for one in await documents(learning, "enrolments")]


async def documents(learning: Running, name: str) -> list[dict[str, Any]]:
    """Return the living documents of a read model, without the runner's own fields."""
    cursor = learning.database.collection(name).find({"_gone": {"$exists": False}})
    rows = [{k: v for k, v in row.items() if k not in {"_rev", "_seen"}} async for row in cursor]
    return sorted(rows, key=lambda row: str(row["_id"]))
