"""Health and operations endpoints that every service has."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from shared.consuming.consumer import PartitionProgress
from shared.database import PyMongoError
from shared.http.problems import NOT_FOUND, ProblemError

if TYPE_CHECKING:
    from shared.service import Runtime


CALM_POLL_SECONDS: Final = 0.005
BROKER_ANSWERS_WITHIN_SECONDS: Final = 2


class GroupFlow(BaseModel):
    """One consumer group."""

    group: str
    in_flight: bool
    partitions: list[PartitionProgress]


class Flow(BaseModel):
    """How events flow through a service right now."""

    service: str
    outbox: int
    """Commits that wait to be published."""
    busy: bool
    """Whether the relay, a consumer or a schedule is at work."""
    groups: list[GroupFlow]
    dead_letters: int
    """Records kept as dead letters since the start."""
    dead_letters_waiting: int
    """Dead letters that nobody has replayed or discarded."""


class Health(BaseModel):
    """Answers of the parts a service depends on."""

    database: bool
    kafka: bool
    """Whether a broker can be reached."""
    consumers: bool
    """Whether every consumer group gets on."""

    @property
    def ready(self) -> bool:
        """Whether commands are taken; while Kafka is away, their events wait in the outbox."""
        return self.database and (self.consumers or not self.kafka)


def ops_router(runtime: "Runtime") -> APIRouter:
    """Return `/health/*` and `/ops/*` for the service that `runtime` runs."""
    router = APIRouter(tags=["operations"])

    @router.get("/health/live")
    async def live() -> Mapping[str, str]:
        """Answer as long as the process's event loop turns."""
        return {"status": "live"}

    @router.get("/health/ready")
    async def ready(response: Response) -> Health:
        """Tell whether commands are taken; else 503.

        That needs the database. A consumer group that stands still while Kafka is there is a
        reason to start anew; that Kafka is away is none, since events then wait in the outbox.
        """
        kafka = await _listens(runtime.kernel.settings.kafka_bootstrap_servers)
        health = Health(
            database=await _answers(runtime),
            kafka=kafka,
            # Asking them while Kafka is away would outlast whoever asks for readiness.
            consumers=kafka and await _progresses(runtime),
        )
        if not health.ready:
            response.status_code = 503
        return health

    @router.get("/ops/flow")
    async def flow(
        *,
        ask_broker: bool = True,
        calm_within_ms: Annotated[int, Query(ge=0, le=10_000)] = 0,
    ) -> Flow:
        """Return outbox, positions and dead letters.

        With `calm_within_ms` the answer waits, at most so long, until nothing is at work.

        Positions are read before the outbox: who sees a record dealt with and an empty outbox
        afterwards knows that whatever followed from it is on Kafka. `ask_broker=false` answers at
        once, with the ends as the consumers heard them last.
        """
        await _calm(runtime, calm_within_ms / 1000)
        groups = [
            GroupFlow(
                group=g.group,
                in_flight=g.in_flight,
                partitions=await g.progress(ask_broker=ask_broker),
            )
            for g in runtime.groups
        ]
        return Flow(
            service=runtime.name,
            outbox=await runtime.relay.pending(),
            busy=runtime.busy,
            groups=groups,
            dead_letters=runtime.dead_letters.count,
            dead_letters_waiting=await runtime.dead_letter_queue.waiting(),
        )

    @router.post("/ops/schedules/{name}")
    async def run_schedule(name: str) -> Mapping[str, Any]:
        """Run one schedule now and return its figures; 404 when there is none of that name."""
        try:
            return await runtime.scheduler.run_now(name)
        except KeyError:
            raise ProblemError(NOT_FOUND) from None

    @router.post("/ops/republish")
    async def republish() -> Mapping[str, int]:
        """Publish every stored event again; subscribers recognise repetitions."""
        return {"commits": await runtime.relay.republish()}

    return router


async def _calm(runtime: "Runtime", seconds: float) -> None:
    """Return when nothing is at work in the service, or after `seconds`."""
    deadline = asyncio.get_running_loop().time() + seconds
    while runtime.busy and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110 - flags of many parts, read by operators only
        await asyncio.sleep(CALM_POLL_SECONDS)


async def _answers(runtime: "Runtime") -> bool:
    try:
        await runtime.database.ping()
    except PyMongoError:
        return False
    return True


async def _progresses(runtime: "Runtime") -> bool:
    results: Sequence[bool] = [await group.is_progressing() for group in runtime.groups]
    return all(results)


async def _listens(bootstrap_servers: str) -> bool:
    """Whether one of the brokers accepts connections."""
    for server in bootstrap_servers.split(","):
        host, _, port = server.strip().rpartition(":")
        try:
            async with asyncio.timeout(BROKER_ANSWERS_WITHIN_SECONDS):
                _, writer = await asyncio.open_connection(host, int(port))
        except (OSError, TimeoutError):
            continue
        writer.close()
        return True
    return False
