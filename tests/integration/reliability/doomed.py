"""Consent's service, with a producer that cannot go on as soon as somebody asks for that."""

import os
from pathlib import Path
from typing import Final

import aiokafka.errors
from aiokafka.producer.message_accumulator import BatchBuilder

from shared.relay.sender import Sender

VARIABLE: Final = "CARIONEXIQ_TEST_DOOM"
"""Names a file; what stands in it is the error that the next batch fails with, once."""


def _fail_if_doomed(doom: Path) -> None:
    if doom.exists():
        error: type[Exception] = getattr(aiokafka.errors, doom.read_text())
        doom.unlink()
        raise error


def application() -> object:
    """Return the ASGI application, for uvicorn."""
    doom = Path(os.environ[VARIABLE])
    deliver = Sender._deliver

    async def fail_once(sender: Sender, batch: BatchBuilder, partition: int) -> int:
        _fail_if_doomed(doom)
        return await deliver(sender, batch, partition)

    from services.consent.main import app  # noqa: PLC0415 - it needs its settings

    setattr(Sender, "_deliver", fail_once)  # noqa: B010 - nobody exports it
    return app
