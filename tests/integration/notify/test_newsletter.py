"""A newsletter to many: killed in the middle, and withdrawn from in the middle."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, Final

import httpx
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from services.notify.application.attempts import UNKNOWN_FOR
from services.notify.application.uses import MARKETING
from services.notify.domain.decide import LEASE
from shared.engines import free_ports
from shared.events.base import SubjectId
from shared.http.auth import Role
from shared.topics import SERVICES, declare_topics, events_topic
from tests.callers import Callers
from tests.integration.notify.conftest import Notify, PostOffice, Told, running
from tests.pulses import pulsing
from tests.waiting import caught_up, eventually

PEOPLE: Final = 20
AT_ONCE: Final = 6
"""Messages under way at the same time, of eight connections."""
DIES: Final = (sys.executable, "-m", "tests.integration.notify.dying_in_issue")


def issues(post: PostOffice) -> Counter[str]:
    """Return how many newsletters each person got."""
    return Counter(
        str(one["To"]).partition("@")[0]
        for one in post.taken
        if one["List-Unsubscribe"] is not None
    )


async def registered(world: Told) -> list[SubjectId]:
    """Let people register, each of a domain of their own: one takes half of the connections."""
    return [
        await world.learner(newsletter=True, domain=f"exemple{number}.test")
        for number in range(PEOPLE)
    ]


async def welcomed(post: PostOffice) -> None:
    async def all_of_them() -> bool:
        return len(post.taken) == PEOPLE

    await eventually(all_of_them)


async def killed_in_the_middle(
    world: Told, post: PostOffice, environment: dict[str, str]
) -> list[SubjectId]:
    """Let a process of the service die while it sends an issue; return whom it was to go to."""
    await declare_topics(world.settings, sorted(events_topic(name) for name in SERVICES))
    (port,) = free_ports(1)
    dying = await asyncio.create_subprocess_exec(
        *DIES, env={**os.environ, **environment, "PORT": str(port)}
    )
    try:
        learners = await registered(world)
        await _until_it_dies(world, post, port)
        assert await asyncio.wait_for(dying.wait(), 60) == -signal.SIGKILL
    finally:
        if dying.returncode is None:
            dying.kill()
    return learners


async def _until_it_dies(world: Told, post: PostOffice, port: int) -> None:
    callers = Callers(world.settings.secrets_dir, world.clock)
    headers = callers.headers("notify", "operator", Role.SYSTEM)
    async with (
        pulsing(world.settings, world.producer),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client,
    ):

        async def up() -> bool:
            try:
                return (await client.get("/ops/flow", headers=headers)).status_code == 200
            except httpx.TransportError:
                return False

        await eventually(up, seconds=60)
        await caught_up(client, headers)
        await welcomed(post)
        with pytest.raises(httpx.TransportError):
            await client.post("/ops/schedules/newsletter", headers=headers)


@pytest.mark.promise("C9.2")
async def test_a_newsletter_killed_in_the_middle_forgets_nobody_and_reaches_nobody_twice(
    world: Told, post_office: tuple[PostOffice, int], service_environment: dict[str, str]
) -> None:
    post, _ = post_office
    learners = await killed_in_the_middle(world, post, service_environment)
    before = issues(post)
    assert len(before) < PEOPLE
    async with running(world, post) as notify:
        await notify.until_caught_up()
        assert (await notify.run("newsletter"))["sent"] == 0
        notify.later(2 * LEASE)
        await notify.run("newsletter_left")
        await notify.until_caught_up()
        notify.later(2 * LEASE)

        async def none_waits() -> bool:
            # As many leave at a time as places for what may wait; the others ask again.
            notify.later(UNKNOWN_FOR)
            return bool((await notify.run("retries"))["queued"] == 0)

        await eventually(none_waits)
        became: dict[str, str] = {}
        for learner in learners:
            (one,) = [m for m in await notify.messages(learner) if m["kind"] == "newsletter"]
            became[learner] = one["status"]
        assert (await notify.run("newsletter"))["already"] == PEOPLE
    after = issues(post)
    assert set(after.values()) == {1}
    in_doubt = {one for one, status in became.items() if status == "failed"}
    assert len(in_doubt) < AT_ONCE
    assert {status for one, status in became.items() if one not in in_doubt} == {"sent"}
    assert after.keys() >= became.keys() - in_doubt


@pytest.mark.promise("C9.2")
async def test_a_withdrawal_during_the_run_is_obeyed_for_everybody_not_yet_handed_over(
    notify: Notify, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: Callable[..., Awaitable[str]] = notify.post.handle_DATA
    here, withdrawing = asyncio.get_running_loop(), asyncio.Lock()
    choices, use = notify.app.state.runtime.kernel.choices, MARKETING["newsletter"]
    learners: list[SubjectId] = []

    async def all_withdraw() -> None:
        async with withdrawing:
            if any(choices.verdict(learner, use) == "allowed" for learner in learners):
                for learner in learners:
                    await notify.world.withdraw(learner)
                await notify.until_caught_up()

    async def withdrawn_from(server: SMTP, session: Session, envelope: Envelope) -> Any:
        if b"List-Unsubscribe:" in (envelope.original_content or b""):
            # The mail server has a thread of its own.
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(all_withdraw(), here))
        return await taken(server, session, envelope)

    monkeypatch.setattr(notify.post, "handle_DATA", withdrawn_from)
    learners += await registered(notify.world)
    await welcomed(notify.post)
    await notify.until_caught_up()
    at_once = await notify.run("newsletter")
    reached = issues(notify.post)
    assert 0 < len(reached) <= AT_ONCE
    notify.later(UNKNOWN_FOR * 2)
    # The list of recipients may know of it before the choices do, or after.
    later = await notify.run("retries")
    assert at_once["suppressed"] + later["suppressed"] == PEOPLE - len(reached)
    assert issues(notify.post) == reached
