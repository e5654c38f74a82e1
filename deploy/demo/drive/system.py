"""A running system of the demonstration's own, with the handles that only an operator has."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from deploy.cli.system import build_system
from deploy.demo.drive.errors import DemoFailedError
from deploy.demo.drive.settings import DemoSettings, demo_settings
from deploy.demo.drive.settle import Ends, Flow, Settler, is_settled
from shared.clock import VirtualClock
from shared.engines import Report, Supervisor
from shared.http.auth import Role
from shared.tokens import OPERATOR as ISSUER
from shared.tokens import TokenIssuer
from shared.topic_ends import TopicEnds
from shared.topics import SERVICES, dead_letter_topic, events_topic

OPERATOR = "demonstration"
FLOW = "/ops/flow?ask_broker=false&calm_within_ms=1000"
REQUEST_SECONDS = 60.0
IDLE_SECONDS = 1.0


class DemoSystem:
    """The engines, the five services and the gateway, under one virtual clock.

    Used as an asynchronous context manager: on leaving, every process has ended.
    """

    def __init__(self, data_dir: Path, *, start: datetime, report: Report | None = None) -> None:
        """Describe a fresh system in `data_dir` whose clock stands at `start`."""
        self.settings: DemoSettings = demo_settings(data_dir)
        assert self.settings.clock_file is not None  # noqa: S101 - demo_settings gives one
        self.clock = VirtualClock(self.settings.clock_file, start=start)
        self._supervisor: Supervisor = build_system(self.settings, report=report)
        self._issuer = TokenIssuer(ISSUER, self.settings.secrets_dir, self.clock)
        self._http = httpx.AsyncClient(
            timeout=REQUEST_SECONDS,
            trust_env=False,
            # Dropped well before the server would, so that no request meets a closing connection.
            limits=httpx.Limits(keepalive_expiry=IDLE_SECONDS),
        )
        self._ends = TopicEnds(self.settings.kafka)
        self._partitions = [
            TopicPartition(topic, number)
            for service in SERVICES
            for topic in (events_topic(service), dead_letter_topic(service))
            for number in range(self.settings.topic_partitions)
        ]
        self.settler = Settler(
            self._end_offsets, {service: self._flow_of(service) for service in SERVICES}
        )

    @property
    def gateway_url(self) -> str:
        """Where programs and browsers reach the platform."""
        return self.settings.portal

    async def __aenter__(self) -> Self:
        """Start everything.

        Raises:
            EngineError: something did not come up; nothing is left running.
        """
        await asyncio.to_thread(self._supervisor.start)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop everything."""
        await self.stop()

    async def stop(self) -> None:
        """Stop every process, engines last; harmless when they have stopped already."""
        try:
            await self._ends.close()
            await self._http.aclose()
        finally:
            await asyncio.to_thread(self._supervisor.stop)

    def check(self) -> None:
        """Refuse to go on after a process has died, even when it was started again.

        Raises:
            DemoFailedError: one has.
        """
        for process in self._supervisor.processes():
            if process.restarts:
                raise DemoFailedError(f"{process.name} ended by itself and had to be restarted")

    async def settle(self) -> None:
        """Wait until nothing is under way.

        Raises:
            DemoFailedError: something is stuck or away.
        """
        await self.settler.settle()

    async def run_schedule(self, service: str, name: str) -> Mapping[str, Any]:
        """Run one of a service's schedules now and return its figures.

        Raises:
            DemoFailedError: the service is away or refuses.
        """
        answer = await self._ask("POST", service, f"/ops/schedules/{name}")
        figures: Mapping[str, Any] = answer.json()
        return figures

    async def operate(self, method: str, service: str, path: str, body: Any = None) -> Any:
        """Ask a service for something as the system itself and return the JSON answer.

        Raises:
            DemoFailedError: the service is away or refuses.
        """
        return (await self._ask(method, service, path, body)).json()

    async def ends(self) -> Ends:
        """Return the end offsets of every topic."""
        return await self._end_offsets()

    async def is_idle(self, service: str, before: Ends) -> bool:
        """Say whether what `service` was asked to do led to nothing since `before`."""
        flow = await self._flow_of(service)()
        return is_settled(flow, before) and await self._end_offsets() == before

    async def _ask(self, method: str, service: str, path: str, body: Any = None) -> httpx.Response:
        token = self._issuer.issue(service, OPERATOR, Role.SYSTEM)
        try:
            answer = await self._http.request(
                method,
                self.settings.service_url(service) + path,
                headers={"Authorization": f"Bearer {token}"},
                json=body,
            )
        except httpx.HTTPError as error:
            raise DemoFailedError(
                f"{service} does not answer {method} {path} ({type(error).__name__})"
            ) from error
        if answer.status_code >= HTTPStatus.BAD_REQUEST:
            raise DemoFailedError(f"{service} answered {answer.status_code} to {method} {path}")
        return answer

    def _flow_of(self, service: str) -> Callable[[], Awaitable[Flow]]:
        async def flow() -> Flow:
            return Flow.model_validate_json((await self._ask("GET", service, FLOW)).content)

        return flow

    async def _end_offsets(self) -> Ends:
        try:
            ends = await self._ends.of(self._partitions)
        except KafkaError as error:
            raise DemoFailedError(f"kafka does not answer ({type(error).__name__})") from error
        return {(partition.topic, partition.partition): end for partition, end in ends.items()}
