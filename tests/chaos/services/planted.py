"""Real bugs, planted on request: the checker must see each of them. None exists in the product."""

import asyncio
import os
from collections.abc import Awaitable, Coroutine
from enum import StrEnum
from typing import Any, Final

import shared.service.wiring
from shared.consuming.envelope import Envelope
from shared.event_store import Commit, Metadata
from shared.relay.relay import Relay
from tests.chaos.services import world

VARIABLE: Final = "CARIONEXIQ_CHAOS_BUG"
WINDOW_SECONDS: Final = 0.3
"""How wide a bug's window stands open, so that a short run meets it."""
STEP_SECONDS: Final = 0.1
"""How long the hasty relay takes for each commit it has marked: others come meanwhile."""


class Bug(StrEnum):
    """Classic mistakes of event-sourced systems."""

    RELAY_MARKS_FIRST = "relay-marks-first"
    REACTION_WITHOUT_COMMAND_ID = "reaction-without-command-id"
    COMMAND_WITHOUT_KEY = "command-without-key"
    ANSWER_BEFORE_STORING = "answer-before-storing"


_background: set[asyncio.Task[Commit]] = set()


def plant() -> None:
    """Enter the world of faults, with the bugs that the environment asks for."""
    world.enter()
    if _planted(Bug.RELAY_MARKS_FIRST):
        setattr(shared.service.wiring, "Relay", HastyRelay)  # noqa: B010 - nobody exports it


class HastyRelay(Relay):
    """Marks commits as published before Kafka has them."""

    async def drain(self) -> int:
        """Publish what is in the outbox, too late."""
        self._outbox.look()
        commits = await self._next_round()
        await self._outbox.unmark(commits)
        for commit in commits:
            await asyncio.sleep(STEP_SECONDS)
            await self._sender.send([commit])
        return len(commits)


def command_id(key: str) -> str | None:
    """Return the command's id, unless the bug is to forget it."""
    return None if _planted(Bug.COMMAND_WITHOUT_KEY) else key


def caused_by(envelope: Envelope, reaction: str) -> Metadata:
    """Return why a reaction acts, unless the bug is to forget what it answers."""
    if _planted(Bug.REACTION_WITHOUT_COMMAND_ID):
        return Metadata.system(reaction)
    return Metadata.caused_by(envelope, reaction)


async def answered(storing: Coroutine[Any, Any, Commit]) -> Commit:
    """Wait until the commit is stored, unless the bug is to answer before."""
    if not _planted(Bug.ANSWER_BEFORE_STORING):
        return await storing
    task = asyncio.create_task(_later(storing))
    _background.add(task)
    task.add_done_callback(_background.discard)
    return Commit("", 0, ())


async def _later(storing: Awaitable[Commit]) -> Commit:
    await asyncio.sleep(WINDOW_SECONDS)
    return await storing


def _planted(bug: Bug) -> bool:
    return bug in os.environ.get(VARIABLE, "").split(",")
