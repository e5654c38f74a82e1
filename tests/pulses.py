"""Consent's pulse, for tests in which that service does not run."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from aiokafka import AIOKafkaProducer

from shared.choices.instant import instant
from shared.choices.pulse import PULSE_TOPIC, pulse_at
from shared.settings import Settings

EVERY_SECONDS: Final = 0.2


@asynccontextmanager
async def pulsing(settings: Settings, producer: AIOKafkaProducer) -> AsyncIterator[None]:
    """Tell within the context that every decision that was told is on its topic."""

    async def beat() -> None:
        while True:
            await producer.send_and_wait(settings.namespace + PULSE_TOPIC, pulse_at(instant()))
            await asyncio.sleep(EVERY_SECONDS)

    beats = asyncio.create_task(beat())
    try:
        yield
    finally:
        beats.cancel()
        with suppress(asyncio.CancelledError):
            await beats
