"""The world of a replica: a clock that can be skewed, a relay that falls at the worst moment."""

import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import aiokafka

import shared.event_store
import shared.ids
import shared.service.wiring
from shared.clock import SystemClock
from shared.ids import new_id
from shared.settings import Settings

MILLISECOND_BITS: Final = 80
"""A UUIDv7's lower bits; above them are the milliseconds since 1970."""


class ChaosSettings(Settings):
    """A service's settings, and where the faults of this replica are written down."""

    chaos_dir: Path
    chaos_replica: str

    def clock(self) -> "SkewedClock":
        """Return the machine's clock, as wrong as it is made."""
        return SkewedClock()


class SkewedClock(SystemClock):
    """The machine's clock, put wrong by as many seconds as a file says."""

    def now(self) -> datetime:
        """Return the instant this replica believes in."""
        return super().now().astimezone(UTC) + timedelta(seconds=_skew())


class FallingProducer(aiokafka.AIOKafkaProducer):  # type: ignore[misc]
    """Ends or halts its process just after Kafka took a batch and before anybody knows."""

    async def send(self, *args: Any, **kwargs: Any) -> Any:
        return _falling_after(await super().send(*args, **kwargs))

    async def send_batch(self, *args: Any, **kwargs: Any) -> Any:
        return _falling_after(await super().send_batch(*args, **kwargs))


def enter() -> None:
    """Make every clock of this process, ids included, skewable, and its relay fall on request."""
    setattr(shared.service.wiring, "AIOKafkaProducer", FallingProducer)  # noqa: B010 - nobody exports it
    for module in (shared.ids, shared.event_store):
        for name, skewed in (("SystemClock", SkewedClock), ("new_id", _skewed_id)):
            if hasattr(module, name):
                setattr(module, name, skewed)


def _skewed_id() -> str:
    shift = int(_skew() * 1000) << MILLISECOND_BITS
    return str(UUID(int=UUID(new_id()).int + shift))


def _falling_after(future: Any) -> Any:
    fall = _chaos_dir() / f"fall-{_service()}"
    if fall.exists():
        future.add_done_callback(lambda _: _fall(fall))
    return future


def _fall(request: Path) -> None:
    try:
        number = int(request.read_text())
        request.rename(_chaos_dir() / f"fallen-{_replica()}")
    except (OSError, ValueError):
        return  # another replica, or an earlier record, has answered the request
    os.kill(os.getpid(), signal.Signals(number))


def _skew() -> float:
    try:
        return float((_chaos_dir() / f"skew-{_replica()}").read_text() or 0)
    except OSError:
        return 0.0


def _chaos_dir() -> Path:
    return Path(os.environ["CARIONEXIQ_CHAOS_DIR"])


def _replica() -> str:
    return os.environ["CARIONEXIQ_CHAOS_REPLICA"]


def _service() -> str:
    return _replica().partition("-")[0]
