"""An incident on the real engines: its extent from the streams, the 72 hours, everybody told."""

from datetime import timedelta
from typing import Any

import pytest

from shared.events.base import SubjectId
from shared.events.identity import BreakGlassReviewed
from shared.events.reading import PersonalDataRead
from shared.http.auth import Role
from shared.incidents import Suspicion
from shared.personal import Category
from tests.integration.retention.conftest import START, World
from tests.integration.retention.test_erasure import WHO, live_a_life
from tests.integration.retention.test_system_alarms import alarms
from tests.waiting import eventually

OTHER = SubjectId("learner-2")


async def ask(
    world: World, path: str, body: object, *, expect: int = 204, role: Role = Role.DPO
) -> Any:
    """Ask something about incidents and return the answer, which must be `expect`."""
    answer = await world.client.post(
        f"/incidents{path}", json=body, headers=world.headers("officer-1", role)
    )
    assert answer.status_code == expect, answer.text
    return answer.json() if answer.content else None


async def opened(world: World, **body: object) -> str:
    wanted = {"natures": ["confidentiality"], "cause": "intrusion", **body}
    incident_id: str = (await ask(world, "", wanted, expect=201, role=Role.SECURITY))["incident_id"]

    async def listed() -> bool:
        found = (await world.get("/incidents?state=open"))["items"]
        return incident_id in [one["incident_id"] for one in found]

    await eventually(listed)
    return incident_id


async def told(world: World, incident_id: str) -> list[str]:
    """Return whom the service has recorded as told, in order."""
    commits = world.mongo.database("retention").collection("commits")
    streams = {"stream": {"$regex": f"^incident-{incident_id}-told-"}}
    return sorted([one["subject"] async for one in commits.find(streams)])


@pytest.mark.promise("C7.8")
async def test_a_breach_from_its_discovery_to_what_was_learnt(world: World) -> None:
    for subject in (WHO, OTHER):
        await live_a_life(world, subject)
    reading = PersonalDataRead(
        subject_id=WHO,
        service="identity",
        reader="staff-9",
        role="support",
        categories=(Category.CONTACT, Category.PROFILE),
    )
    await world.tell(WHO, reading, stream="reading-1", service="identity")
    world.clock.move_to(START + timedelta(hours=1))
    incident_id = await opened(world)
    path = f"/{incident_id}"

    async def measured(persons: int, **question: object) -> None:
        async def so() -> bool:
            since = (START - timedelta(days=1)).isoformat()
            await ask(world, f"{path}/extent", {"since": since, **question})
            return bool((await world.get(f"/incidents{path}"))["persons"] == persons)

        await eventually(so)

    future = {"since": (START + timedelta(days=9)).isoformat(), "categories": ["contact"]}
    await ask(world, f"{path}/extent", future, expect=422)
    await measured(1, categories=["contact"], reader="staff-9")
    await measured(2, categories=["contact", "payment"])
    found = await world.get(f"/incidents{path}")
    assert found["by_category"] == {"contact": 2, "payment": 2}
    assert found["duties"] == ["risk", "authority", "lessons"]
    await ask(world, f"{path}/risk", {"risk": "high", "consequences": ["phishing"]})
    await ask(world, f"{path}/measures", {"measures": ["access_closed"]})

    world.clock.move_to(START + timedelta(hours=80))
    await alarms(world, "authority_not_notified")
    late = {"reference": "CNIL-7"}
    await ask(world, f"{path}/notification", late, expect=422)
    await ask(world, f"{path}/notification", {**late, "late_because": "investigation"})
    await alarms(world)

    refused = await ask(world, f"{path}/disclosure", {"confirmed": 3}, expect=409)
    assert refused["persons"] == 2
    await ask(world, f"{path}/disclosure", {"confirmed": 2}, expect=403, role=Role.SECURITY)
    assert await told(world, incident_id) == []
    await ask(world, f"{path}/disclosure", {"confirmed": 2})

    async def finished() -> bool:
        await world.sweep()
        answer: dict[str, Any] = await world.get(f"/incidents{path}")
        return bool(answer["disclosure"]["told"] == 2)

    await eventually(finished)
    assert await told(world, incident_id) == [WHO, OTHER]
    await world.sweep()
    assert len(await told(world, incident_id)) == 2
    await ask(world, f"{path}/closure", {"lessons": ["monitoring_rule"]})
    closed = await world.get(f"/incidents{path}")
    assert closed["duties"] == []
    assert "learner" not in str(closed), "codes and counts alone"
    pdf = await world.client.get(
        f"/incidents{path}/notification/pdf", headers=world.headers("s", Role.SECURITY)
    )
    assert pdf.content.startswith(b"%PDF")


@pytest.mark.promise("C7.8")
async def test_an_exercise_writes_to_nobody(world: World) -> None:
    await live_a_life(world)
    incident_id = await opened(world, exercise=True)
    question = {"since": "2026-03-01", "categories": ["contact"]}

    async def measured() -> bool:
        await ask(world, f"/{incident_id}/extent", question)
        return bool((await world.get(f"/incidents/{incident_id}"))["persons"] == 1)

    await eventually(measured)
    await ask(world, f"/{incident_id}/disclosure", {"confirmed": 1})
    world.clock.move_to(START + timedelta(days=5))

    async def finished() -> bool:
        figures = await world.sweep()
        assert figures["deadlines_reminded"] == 0
        return bool((await world.get(f"/incidents/{incident_id}"))["disclosure"]["told"] == 0)

    await eventually(finished)
    assert await told(world, incident_id) == []
    await alarms(world)


@pytest.mark.promise("C7.8", "C4.2")
async def test_an_access_that_was_not_justified_is_an_incident_with_its_question(
    world: World,
) -> None:
    await live_a_life(world)
    suspicion = Suspicion(
        by_itself=True,
        natures=("confidentiality",),
        cause="read_without_need",
        categories=(Category.CIVIL_IDENTITY,),
        since=START - timedelta(hours=1),
        until=START,
        reader="trainer-1",
        person=WHO,
    )
    reviewed = BreakGlassReviewed(
        access_id="access-1",
        subject_id=WHO,
        verdict="unjustified",
        reviewed_by="dpo-1",
        suspicion=suspicion,
    )
    await world.tell(WHO, reviewed, stream="break-glass-access-1", service="identity")

    async def listed() -> bool:
        found = (await world.get("/incidents?state=open"))["items"]
        return [one["incident_id"] for one in found] == ["access-1"]

    await eventually(listed)
    incident = await world.get("/incidents/access-1")
    assert incident["cause"] == "read_without_need"
    assert incident["suspicion"]["reader"] == "trainer-1"
    assert "judge" not in incident["duties"], "whoever reviewed it has judged it"
