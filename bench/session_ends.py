"""How long a session outlives what ends it: from the fact's commit to a browser that is out."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from time import perf_counter
from typing import Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from bench.facts import META
from bench.identity import identity
from bench.rows import Row, at_most, p50, p99
from bench.stage import Stage
from bench.waiting import until
from services.gateway.session_ending import SessionEnder
from services.gateway.sessions import SessionStore
from services.identity.domain.learner import events as e
from shared.clock import SystemClock
from shared.database import MongoClient
from shared.events.base import SubjectId
from shared.http.auth import Role
from shared.ids import new_id
from shared.service import Runtime
from shared.settings import Settings, load_settings

LIMIT_MS: Final = 1_000
TOPIC: Final = "bare-round-trip"
ENDS: Final[dict[str, Callable[[SubjectId], e.LearnerEvent]]] = {
    "a changed password": lambda who: e.PasswordChanged(learner_id=who, how="recovered"),
    "a block": lambda who: e.AccountSuspended(learner_id=who),
    "an erasure": lambda who: e.Closed(learner_id=who, reason="erasure"),
}


@dataclass(frozen=True, slots=True)
class Scene:
    """Identity and the gateway's sessions, both running."""

    identity: Runtime
    sessions: SessionStore
    kafka: str

    async def ended_by(self, event: e.LearnerEvent) -> float:
        """Return the milliseconds from the commit of `event` to the end of the session."""
        learner = event.learner_id
        token = await self.sessions.start(learner, Role.LEARNER, None)

        async def out() -> bool:
            return await self.sessions.find(token) is None

        began = perf_counter()
        await self.identity.kernel.store.append(
            f"learner-{learner}", 0, [event], subject=learner, meta=META
        )
        await until(out)
        return (perf_counter() - began) * 1_000


async def measure(stage: Stage) -> list[Row]:
    """Measure each kind of end beside one bare record sent and received."""
    rounds = stage.size(50, 2)
    learners = iter(stage.facts().learners(len(ENDS) * rounds))
    rows = []
    async with _scene(stage) as scene, _round_trips(scene.kafka) as bare:
        for name, made in ENDS.items():
            ends = partial(_ended, scene, made, learners)
            mine, theirs = await stage.interleaved(rounds, ends, bare)
            against = "aiokafka: one record sent and received"
            rows.append(Row(f"{name} ends a session, p50", p50(mine), "ms", p50(theirs), against))
            rows.append(Row(f"{name} ends a session, p99", p99(mine), "ms", goal=at_most(LIMIT_MS)))
    return rows


async def _ended(
    scene: Scene, made: Callable[[SubjectId], e.LearnerEvent], learners: Iterator[SubjectId]
) -> list[float]:
    return [await scene.ended_by(made(next(learners)))]


@asynccontextmanager
async def _scene(stage: Stage) -> AsyncIterator[Scene]:
    async with identity(stage) as app:
        settings = load_settings(Settings)
        mongodb = MongoClient(settings.mongodb_uri, settings.namespace)
        length = timedelta(hours=12)
        sessions = SessionStore(mongodb.database("gateway"), SystemClock(), length)
        ender = SessionEnder(settings, sessions)
        await ender.start()
        try:
            yield Scene(app.state.runtime, sessions, settings.kafka_bootstrap_servers)
        finally:
            await ender.stop()
            mongodb.close()


@asynccontextmanager
async def _round_trips(kafka: str) -> AsyncIterator[Callable[[], Awaitable[list[float]]]]:
    """Yield what sends one record and returns the milliseconds until it is received."""
    topic = f"{TOPIC}-{new_id()}"
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    await admin.create_topics([NewTopic(topic, 1, 1)])
    await admin.close()
    producer = AIOKafkaProducer(bootstrap_servers=kafka, acks="all")
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=kafka, auto_offset_reset="earliest")
    async with producer, consumer:

        async def round_trip() -> list[float]:
            began = perf_counter()
            await producer.send_and_wait(topic, b"x")
            await anext(consumer)
            return [(perf_counter() - began) * 1_000]

        yield round_trip
