"""A process killed in the middle of handing a message over: the person gets one, all the same."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from services.notify.domain.decide import LEASE
from shared.engines import free_ports
from shared.events.base import SubjectId
from shared.topics import SERVICES, declare_topics, events_topic
from tests.integration.notify.conftest import PostOffice, Told, running

DIES: tuple[str, ...] = (sys.executable, "-m", "tests.integration.notify.dying")


async def dies_sending_to_somebody(world: Told, environment: dict[str, str]) -> SubjectId:
    """Let a process of the service send a welcome, and return once it has been killed."""
    await declare_topics(world.settings, sorted(events_topic(name) for name in SERVICES))
    (port,) = free_ports(1)
    dying = await asyncio.create_subprocess_exec(
        *DIES, env={**os.environ, **environment, "PORT": str(port)}
    )
    learner = await world.learner()
    assert await asyncio.wait_for(dying.wait(), 120) == -signal.SIGKILL
    return learner


@pytest.mark.promise("C9.1")
async def test_what_was_taken_before_a_kill_is_known_and_not_sent_again(
    world: Told, post_office: tuple[PostOffice, int], service_environment: dict[str, str]
) -> None:
    post, _ = post_office
    learner = await dies_sending_to_somebody(world, service_environment)
    assert len(post.taken) == 1
    async with running(world, post) as notify:
        assert [one["status"] for one in await notify.messages(learner)] == ["sent"]
        notify.later(2 * LEASE)
        assert (await notify.run("retries"))["sent"] == 0
    assert len(post.taken) == 1


async def test_what_nobody_knows_of_is_sent_again_under_the_same_id(
    world: Told,
    post_office: tuple[PostOffice, int],
    service_environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    post, _ = post_office
    taken: Callable[..., Awaitable[str]] = post.handle_DATA
    pids: list[int] = []

    async def killing(server: SMTP, session: Session, envelope: Envelope) -> Any:
        answer = await taken(server, session, envelope)
        if pids:
            # The 250 is never sent.
            os.kill(pids.pop(), signal.SIGKILL)
        return answer

    monkeypatch.setattr(post, "handle_DATA", killing)
    await declare_topics(world.settings, sorted(events_topic(name) for name in SERVICES))
    (port,) = free_ports(1)
    dying = await asyncio.create_subprocess_exec(
        *DIES, env={**os.environ, **service_environment, "PORT": str(port)}
    )
    pids.append(dying.pid)
    learner = await world.learner()
    assert await asyncio.wait_for(dying.wait(), 120) == -signal.SIGKILL
    async with running(world, post) as notify:
        assert [one["status"] for one in await notify.messages(learner)] == ["queued"]
        notify.later(2 * LEASE)
        assert (await notify.run("retries"))["sent"] == 1
    assert len(post.taken) == 2
    assert len({str(mail["Message-ID"]) for mail in post.taken}) == 1
