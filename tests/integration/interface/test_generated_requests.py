"""Whatever is sent to the interface, it answers as it says: 20,000 generated requests."""

import asyncio
import random
from collections.abc import Iterator
from itertools import repeat
from typing import Final

import pytest

from shared.topics import SERVICES
from tests.integration.interface.generated import (
    MODES,
    OF_EVERYBODY,
    Case,
    Run,
    guessed,
    operations,
    schema_of,
    walked,
)
from tests.integration.interface.platform import Platform

WANTED: Final = {
    "identity": 9_000,
    "retention": 6_000,
    "learning": 2_600,
    "consent": 1_400,
    "notify": 1_000,
}
"""Requests at least to each service, half of them through the gateway."""
GUESSES: Final = 1
"""Of each operation and mode; making one up takes longer than answering it."""
SENDERS: Final = 2
"""Persons, of whatever role the operation knows, who send the same guess about other things."""
AT_ONCE: Final = 8
SEED: Final = 20_260_101


def cases(service: str) -> Iterator[Case]:
    """Yield what is sent to `service`; what every service has is guessed at in one of them."""
    schema = schema_of(service)
    for operation in operations(schema):
        yield from walked(schema, operation)
        if service == "consent" or not operation.path.startswith(OF_EVERYBODY):
            for mode in MODES:
                for case in guessed(operation, mode, GUESSES, SEED):
                    yield from repeat(case, SENDERS)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("service", SERVICES)
async def test_no_request_makes_a_service_fail_or_answer_what_it_does_not_document(
    platform: Platform, service: str
) -> None:
    run = Run(platform, random.Random(SEED))  # noqa: S311 - nothing secret
    waiting = cases(service)

    async def send_one_by_one() -> None:
        for case in waiting:
            await run.send(service, case)

    async with asyncio.TaskGroup() as senders:
        for _ in range(AT_ONCE):
            senders.create_task(send_one_by_one())
    assert not run.wrong, "\n".join(f"{where}\n    {what}" for where, what in run.wrong.items())
    assert run.sent >= WANTED[service]


def test_it_is_twenty_thousand_in_all() -> None:
    assert sum(WANTED.values()) >= 20_000
