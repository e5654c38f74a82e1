"""Concurrent clients: commands with idempotency keys, tried again until something is known."""

import asyncio
import random
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

import httpx

from tests.chaos.evidence import Answer, Operation, Outcome
from tests.chaos.system import System

CLIENTS: Final = 6
ATTEMPTS: Final = 8
TIMEOUT_SECONDS: Final = 4.0
ACCOUNTS_AT_ONCE: Final = 8
COMMANDS_PER_GENERATION: Final = 160
"""Accounts are left for new ones, so that streams stay short and new ones keep beginning."""
REPETITION: Final = 0.1
"""Share of the acknowledged commands that are sent once more."""


@dataclass
class Workload:
    """What the clients have done."""

    seed: int
    system: System
    operations: list[Operation] = field(default_factory=list)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Send commands until asked to stop."""
        self._stopping.clear()
        async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False) as http:
            await asyncio.gather(*(self._client(number, http) for number in range(CLIENTS)))

    def stop(self) -> None:
        """Ask the clients to finish what they are at."""
        self._stopping.set()

    @property
    def acknowledged(self) -> int:
        """How many commands were acknowledged so far."""
        return sum(one.outcome is Outcome.ACKNOWLEDGED for one in self.operations)

    async def _client(self, number: int, http: httpx.AsyncClient) -> None:
        rng = random.Random(f"{self.seed}-{number}")  # noqa: S311 - repeatable on purpose
        count = 0
        while not self._stopping.is_set():
            count += 1
            generation = len(self.operations) // COMMANDS_PER_GENERATION
            account = f"a{generation}-{rng.randrange(ACCOUNTS_AT_ONCE)}"
            await self._command(f"{number}-{count}", account, http, rng)
            await asyncio.sleep(rng.uniform(0.1, 0.4))

    async def _command(
        self, key: str, account: str, http: httpx.AsyncClient, rng: random.Random
    ) -> None:
        operation = Operation(f"{account}:{key}", f"account-{account}", time.monotonic())
        self.operations.append(operation)
        statuses: list[int | None] = []
        while operation.attempts < ATTEMPTS:
            operation.attempts += 1
            status, answer = await self._post(rng.choice(self.system.doors), key, account, http)
            statuses.append(status)
            if answer is not None:
                operation.completed = time.monotonic()
                operation.outcome = Outcome.ACKNOWLEDGED
                operation.answers.append(answer)
                break
            await asyncio.sleep(rng.uniform(0.05, 0.5))
        else:
            if all(status is not None and 400 <= status < 500 for status in statuses):
                operation.outcome = Outcome.REFUSED
            return
        if rng.random() < REPETITION:
            _, repeated = await self._post(rng.choice(self.system.doors), key, account, http)
            if repeated is not None:
                operation.answers.append(repeated)

    async def _post(
        self, door: str, key: str, account: str, http: httpx.AsyncClient
    ) -> tuple[int | None, Answer | None]:
        """Send a command once; return the status and what was acknowledged, if they came."""
        try:
            response = await http.post(
                f"{self.system.url(door)}/accounts/{account}/credits",
                headers={"Idempotency-Key": key},
            )
        except httpx.TransportError:
            return None, None
        if response.status_code != HTTPStatus.OK:
            return response.status_code, None
        body = response.json()
        return response.status_code, Answer(body["version"], tuple(body["event_ids"]))
