"""Reactions: in order for one subject, at the same time for several."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence

import pytest
from aiokafka import AIOKafkaProducer
from pymongo.errors import OperationFailure

from shared.consuming.dead_letters import DeadLetters
from shared.consuming.envelope import Envelope
from shared.consuming.reactions import Reaction, Reactor
from shared.events.identity import LearnerLoggedIn, LearnerRegistered
from shared.settings import Settings
from tests.integration.kernel.conftest import Running, letters_of, read_topic, run_sample
from tests.integration.kernel.test_consuming import TOPIC, sign_in
from tests.waiting import eventually


def reactor(
    running: Running, producer: AIOKafkaProducer, handler: Callable[[Envelope], Awaitable[None]]
) -> tuple[Reactor, DeadLetters]:
    dead_letters = letters_of(running, producer)
    reaction = Reaction("watch", (TOPIC,), {LearnerRegistered: handler, LearnerLoggedIn: handler})
    rng = random.Random(1)  # noqa: S311 - reproducible jitter
    return Reactor("watching", [reaction], dead_letters, attempts=5, rng=rng), dead_letters


async def finished(reacting: Reactor) -> None:
    async def nothing_aside() -> bool:
        return not reacting.lanes.unfinished()

    await eventually(nothing_aside)


async def behind(running: Running) -> int:
    """Return how many records of its topics the service has not acknowledged."""
    flow = (await running.client.get("/ops/flow", headers=running.headers())).json()
    (reactions,) = [one for one in flow["groups"] if one["group"] == "identity.reactions"]
    return sum(one["end"] - one["position"] for one in reactions["partitions"])


async def greeted_once(running: Running, subjects: Sequence[str]) -> None:
    async def each() -> bool:
        return [await running.greetings(one) for one in subjects] == [1] * len(subjects)

    await eventually(each)


@pytest.mark.parametrize("restart", [False, True])
async def test_what_is_tried_again_holds_up_nobody_and_is_not_acknowledged(
    kernel_settings: Settings, monkeypatch: pytest.MonkeyPatch, *, restart: bool
) -> None:
    monkeypatch.setenv("CARIONEXIQ_REACTION_ATTEMPTS", "50")
    others = [f"subject-{number}" for number in range(20)]  # on every partition

    async with run_sample(kernel_settings, monkeypatch) as running:
        running.sample.stubborn.add("stubborn")
        await running.register("stubborn")

        async def aside() -> bool:
            return await behind(running) > 0

        await eventually(aside)
        for subject in others:
            await running.register(subject)
        await greeted_once(running, others)
        assert await running.greetings("stubborn") == 0
        assert await aside()
        if not restart:
            running.sample.stubborn.clear()
            await greeted_once(running, ["stubborn", *others])

            async def acknowledged() -> bool:
                return await behind(running) == 0

            await eventually(acknowledged)
            return
    async with run_sample(kernel_settings, monkeypatch) as again:
        await greeted_once(again, ["stubborn", *others])


async def test_what_waits_for_its_next_attempt_holds_up_no_other_subject(
    running: Running, producer: AIOKafkaProducer
) -> None:
    await running.register("subject-1")
    await running.register("subject-2")
    records = await read_topic(running.settings, TOPIC, 2)
    first, second = (record.key.decode() for record in records if record.key)
    second_handled = asyncio.Event()

    async def handle(envelope: Envelope) -> None:
        if envelope.subject == second:
            second_handled.set()
        elif not second_handled.is_set():
            raise LookupError(first)

    reacting, dead_letters = reactor(running, producer, handle)
    await reacting.process(records)
    await finished(reacting)
    assert dead_letters.count == 0


async def test_the_events_of_a_subject_keep_their_order_across_attempts(
    running: Running, producer: AIOKafkaProducer
) -> None:
    for subject in ("subject-1", "subject-2"):
        await running.register(subject)
        for version in (1, 2):
            await sign_in(running, subject, version)
    records = await read_topic(running.settings, TOPIC, 6)
    handled: dict[str, list[int]] = {"subject-1": [], "subject-2": []}
    failed: set[str] = set()

    async def handle(envelope: Envelope) -> None:
        if envelope.id not in failed:
            failed.add(envelope.id)
            raise LookupError(envelope.id)
        handled[envelope.subject].append(envelope.sequence)

    reacting, dead_letters = reactor(running, producer, handle)
    await reacting.process(records)
    await finished(reacting)
    assert handled == {"subject-1": [1, 2, 3], "subject-2": [1, 2, 3]}
    assert dead_letters.count == 0


async def test_nothing_is_given_up_while_the_database_is_unwell(
    running: Running, producer: AIOKafkaProducer
) -> None:
    await running.register("subject-1")
    records = await read_topic(running.settings, TOPIC, 1)
    attempts: list[str] = []

    async def handle(envelope: Envelope) -> None:
        attempts.append(envelope.id)
        if len(attempts) <= 6:  # one more than what fails for reasons of its own is given
            raise OperationFailure("internal server error", code=1)

    reacting, dead_letters = reactor(running, producer, handle)
    await reacting.process(records)
    await finished(reacting)
    assert len(attempts) == 7
    assert dead_letters.count == 0
