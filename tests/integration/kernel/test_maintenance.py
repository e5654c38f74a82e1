"""Read models are paused, made anew and verified while the service runs."""

import asyncio
from contextlib import AsyncExitStack

import pytest
from aiokafka import AIOKafkaProducer

from shared.consuming.projections import ReadModel
from shared.http.auth import Role
from shared.settings import Settings
from shared.stopping import STOPS_WITHIN_SECONDS
from tests.integration.kernel.conftest import Running, run_sample
from tests.integration.kernel.test_consuming import logins, sign_in
from tests.waiting import eventually, maintained

PEOPLE = 30


async def populate(running: Running, *, logins_each: int) -> None:
    for number in range(PEOPLE):
        await running.register(f"subject-{number}", f"Canari{number}")
        for version in range(1, logins_each + 1):
            await sign_in(running, f"subject-{number}", version)
    await everybody(running, logins_each)


async def everybody(running: Running, logins_each: int) -> None:
    model = ReadModel(running.database.collection("people"))

    async def there() -> bool:
        return await model.count({"logins": logins_each}) == PEOPLE

    await eventually(there)


async def test_what_happens_during_a_rebuild_is_in_the_new_read_model(running: Running) -> None:
    await populate(running, logins_each=2)
    await running.database.collection("people").delete_one({"_id": "subject-5"})
    path = "/ops/projections/people/rebuild"
    begun = await running.client.post(path, headers=running.headers())
    assert begun.status_code == 202
    for number in range(PEOPLE):
        await sign_in(running, f"subject-{number}", 3)
    await everybody(running, 3)
    assert (await running.client.post(path, headers=running.headers())).status_code in (202, 409)

    async def over() -> bool:
        (status,) = (await running.client.get("/ops/projections", headers=running.headers())).json()
        return not status["running"]

    await eventually(over)
    found = await maintained(running.client, running.headers(), "people", "verify")
    assert found["comparison"] == {
        "documents": PEOPLE,
        "missing": 0,
        "surplus": 0,
        "different": 0,
        "examples": [],
    }
    assert found["done"] == found["total"] > 0


async def test_a_verification_finds_what_differs_and_changes_nothing(running: Running) -> None:
    await populate(running, logins_each=1)
    people = running.database.collection("people")
    await people.delete_one({"_id": "subject-1"})
    await people.update_one({"_id": "subject-2"}, {"$set": {"logins": 7}})
    await people.insert_one({"_id": "nobody", "logins": 1, "_seen": {}, "_rev": 1})
    found = await maintained(running.client, running.headers(), "people", "verify")
    assert found["comparison"] == {
        "documents": PEOPLE + 1,
        "missing": 1,
        "surplus": 1,
        "different": 1,
        "examples": ["nobody", "subject-1", "subject-2"],
    }
    assert await logins(running, "subject-2") == 7
    assert await running.database.collection("people.rebuild").count_documents({}) == 0
    await maintained(running.client, running.headers(), "people", "rebuild")
    found = await maintained(running.client, running.headers(), "people", "verify")
    assert found["comparison"]["examples"] == []


async def test_a_paused_read_model_serves_what_it_has_and_catches_up_when_resumed(
    running: Running, producer: AIOKafkaProducer
) -> None:
    await running.register("subject-1")

    async def there() -> bool:
        return await logins(running, "subject-1") == 0

    await eventually(there)
    paused = await running.client.post("/ops/projections/pause", headers=running.headers())
    assert [one["paused"] for one in paused.json()] == [True]
    await running.register("subject-2")
    await sign_in(running, "subject-1", 1)

    async def published_and_greeted() -> bool:
        flow = (await running.client.get("/ops/flow", headers=running.headers())).json()
        return flow["outbox"] == 0 and await running.greetings("subject-2") == 1

    await eventually(published_and_greeted)
    assert await running.person("subject-2") == {}
    assert await logins(running, "subject-1") == 0
    assert (await running.client.get("/health/ready")).status_code == 200
    rebuilt = await maintained(running.client, running.headers(), "people", "rebuild")
    assert rebuilt["paused"] is True
    assert await logins(running, "subject-1") == 1
    await running.client.post("/ops/projections/resume", headers=running.headers())
    await sign_in(running, "subject-1", 2)

    async def caught_up() -> bool:
        return await logins(running, "subject-1") == 2

    await eventually(caught_up)


async def test_one_read_model_at_a_time_by_those_who_may(running: Running) -> None:
    await populate(running, logins_each=0)
    path = "/ops/projections/people/verify"
    refused = await running.client.post(path, headers=running.headers("a", Role.LEARNER))
    assert refused.status_code == 403
    unknown = await running.client.post(
        "/ops/projections/nothing/verify", headers=running.headers()
    )
    assert unknown.status_code == 404
    first = await running.client.post(path, headers=running.headers())
    second = await running.client.post(path, headers=running.headers() | {"Accept-Language": "en"})
    assert (first.status_code, second.status_code) == (202, 409)
    assert second.json()["title"] == (
        "Another read model of this service is being rebuilt or verified."
    )


async def test_a_service_that_stops_during_a_rebuild_keeps_its_read_model(
    kernel_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with AsyncExitStack() as started:
        running = await started.enter_async_context(run_sample(kernel_settings, monkeypatch))
        await populate(running, logins_each=1)
        maintenance = running.runtime.maintenance
        # The new read model is complete and waits to be exchanged when the stop comes.
        async with maintenance.folding():
            path = "/ops/projections/people/rebuild"
            begun = await running.client.post(path, headers=running.headers())
            assert begun.status_code == 202

            async def complete() -> bool:
                (status,) = maintenance.status()
                return 0 < status.done == status.total

            await eventually(complete)
            async with asyncio.timeout(STOPS_WITHIN_SECONDS + 1):
                await started.aclose()
    async with run_sample(kernel_settings, monkeypatch) as again:
        await everybody(again, 1)
        found = await maintained(again.client, again.headers(), "people", "verify")
        assert found["comparison"]["examples"] == []
        await maintained(again.client, again.headers(), "people", "rebuild")
        await everybody(again, 1)
