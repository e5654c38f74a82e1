"""Where the simulated engines take the place of the real ones: the drivers' classes, nothing above.

Everything the product has written runs as it is: wiring, store, relay, FastStream's subscribers,
consumers, reactions, projections, vault, ledger, HTTP endpoints. What is replaced here is what
leaves the process, and what would differ from run to run: ids, random bytes, clocks.
"""

import gc
import logging
import os
import random
import signal
import sys
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import Any, Final
from unittest.mock import patch
from uuid import UUID
from zlib import crc32

import aiokafka
import structlog
from aiokafka.admin import AIOKafkaAdminClient
from motor.motor_asyncio import AsyncIOMotorClient

from shared.clock import Clock
from tests.simulation.engine.consumer import SimulatedConsumer
from tests.simulation.engine.documents import UnknownOperatorError
from tests.simulation.engine.node import PRESENT
from tests.simulation.engine.producer import SimulatedAdmin, SimulatedProducer
from tests.simulation.engine.store import Server, SimulatedClient
from tests.simulation.engine.topics import Broker
from tests.simulation.engine.world import World
from tests.simulation.shortcuts import shortcuts

MISTAKES: Final = (AttributeError, TypeError, NameError, NotImplementedError, UnknownOperatorError)
"""Errors that no fault of an engine brings about: the run ends at once, whoever logs them."""

LEDGER_WRITER: Final = "services.retention.adapters.ledger_writer.LedgerWriter"


@contextmanager
def simulated(
    world: World, server: Server, broker: Broker, mailbox: Any, writer: Any
) -> Iterator[None]:
    """Have the product run on simulated engines within the context.

    `mailbox` and `writer` stand for the e-mail provider and the lock of the ledger.
    """

    def consumer(*topics: str, **options: Any) -> SimulatedConsumer:
        return SimulatedConsumer(broker, *topics, **options)

    def producer(**options: Any) -> SimulatedProducer:
        return SimulatedProducer(broker, **options)

    def admin(**options: Any) -> SimulatedAdmin:
        return SimulatedAdmin(broker, **options)

    chance = random.Random(f"{world.seed}:product")  # noqa: S311 - to be repeated
    clock = SimpleNamespace(
        monotonic=world.loop.time, perf_counter=world.loop.time, time=world.loop.time
    )
    engines = {
        aiokafka.AIOKafkaConsumer: consumer,
        aiokafka.AIOKafkaProducer: producer,
        AIOKafkaAdminClient: admin,
        AsyncIOMotorClient: lambda *_, **__: SimulatedClient(server),
    }
    drivers: dict[str, Any] = {
        **_everywhere(engines),
        "services.notify.adapters.smtp.SmtpMailer.send": mailbox.send,
        # One interpreter is one process to the operating system, whatever nodes run in it.
        f"{LEDGER_WRITER}.claim": lambda _: writer.claim(),
        f"{LEDGER_WRITER}.release": lambda _: writer.release(),
    }
    what_differs: dict[str, Any] = {
        "shared.ids.uuid_utils": SimpleNamespace(uuid7=_ids(world, chance)),
        "shared.settings.Settings.clock": _present_clock,
        "shared.consuming.broadcast.SystemClock": lambda: _present_clock(None),
        **{f"{module}.time": clock for module in _timed()},
        "shared.service.consuming.random": SimpleNamespace(
            Random=lambda: random.Random(chance.random())  # noqa: S311
        ),
        "os.urandom": chance.randbytes,
        **_pulse(world),
        "secrets.token_bytes": random.Random(f"{world.seed}:salts").randbytes,  # noqa: S311
        "shared.service.runtime.os": SimpleNamespace(
            environ=os.environ, getpid=os.getpid, kill=_killer(world)
        ),
        "shared.telemetry.configure_telemetry": lambda *_, **__: None,
        "anyio.to_thread.run_sync": _in_place,
        # FastStream starts them in the order of a set.
        "faststream.kafka.subscriber.usecase.LogicSubscriber.__hash__": _hash_of_group,
    }
    state = random.getstate()
    disabled = logging.root.manager.disable
    with ExitStack() as stack:
        for target, replacement in {**drivers, **what_differs}.items():
            stack.enter_context(patch(target, replacement))
        stack.enter_context(shortcuts())
        stack.enter_context(_silent_logs(world))
        # A process that dies leaves coroutines that were never begun.
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        random.seed(f"{world.seed}:libraries")
        logging.disable(logging.CRITICAL)
        try:
            yield
        finally:
            gc.collect()
            logging.disable(disabled)
            random.setstate(state)


@contextmanager
def _silent_logs(world: World) -> Iterator[None]:
    """Tens of thousands of warnings about faults would tell nobody anything."""

    def drop(_: Any, __: str, event: Any) -> Any:
        told = event.get("exc_info")
        error = told if isinstance(told, BaseException) else sys.exc_info()[1]
        if isinstance(error, MISTAKES):
            world.fail(error)
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(
        processors=[drop],
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        cache_logger_on_first_use=False,
    )
    try:
        yield
    finally:
        structlog.configure(**before)


def _everywhere(replacements: Mapping[Any, Any]) -> dict[str, Any]:
    """Return where the product and FastStream name each driver class, and what stands there now."""
    named = {}
    for name, module in sorted(sys.modules.items()):
        if name.startswith(("shared.", "services.", "aiokafka")):
            for attribute, value in vars(module).items():
                if isinstance(value, type) and value in replacements:
                    named[f"{name}.{attribute}"] = replacements[value]
    return named


def _pulse(world: World) -> dict[str, Any]:
    """Have consent's pulse beat by the world's time, seldom enough for years to pass."""
    return {
        "shared.choices.known.instant": world.loop.time,
        "shared.choices.pulse.instant": world.loop.time,
        "shared.choices.known.MAX_AGE_SECONDS": 60.0,
        "shared.choices.pulse.EVERY_SECONDS": 15.0,
        "shared.choices.reader.POLL_MS": 30_000,
    }


def _timed() -> list[str]:
    """Return the product's modules that measure times on the machine's own clock."""
    ours = [name for name in sys.modules if name.startswith(("shared.", "services."))]
    return [name for name in sorted(ours) if getattr(sys.modules[name], "time", None) is time]


def _ids(world: World, chance: random.Random) -> Any:
    """Return a maker of UUIDv7 by the present node's clock, growing within one process."""
    last = 0

    def fresh() -> UUID:
        nonlocal last
        life = PRESENT.get()
        now = world.now() if life is None else life.node.clock.now()
        stamp = int(now.timestamp() * 1000)
        number = (stamp << 80) | (7 << 76) | (chance.getrandbits(12) << 64)
        number |= (2 << 62) | chance.getrandbits(62)
        last = number
        return UUID(int=number)

    return fresh


def _present_clock(_: Any) -> Clock:
    life = PRESENT.get()
    if life is None:
        raise RuntimeError("only a node has a clock")
    return life.node.clock


def _killer(world: World) -> Any:
    """A process that ends itself is started again, as a supervisor does it."""

    def kill(_: int, number: int) -> None:
        life = PRESENT.get()
        if life is None or number != signal.SIGTERM:
            raise RuntimeError("nobody to be killed")
        world.crash(life.node)

    return kill


def _hash_of_group(subscriber: Any) -> int:
    return crc32(subscriber.group_id.encode())


async def _in_place(func: Any, *args: Any, **_: Any) -> Any:
    return func(*args)
