"""A command that meets its own repetition halfway, on the real store."""

from collections.abc import Sequence

import pytest

from shared.command_handler import CommandHandler
from shared.event_store import CommandReusedError, Metadata, Tail
from shared.events.base import SubjectId
from tests.integration.kernel.conftest import Running
from tests.integration.kernel.sample import SignedIn

WHO = SubjectId("somebody")
STREAM = "visits-somebody"


class SecondVisitError(Exception):
    """One visit is allowed."""


def _visit(command: str, visits: int) -> Sequence[SignedIn]:
    if command == "nothing":
        return []
    if visits:
        raise SecondVisitError
    return [SignedIn(learner_id=WHO)]


def _meta(command_id: str, fingerprint: str = "body") -> Metadata:
    return Metadata("test", "system", "c", command_id=command_id, fingerprint=fingerprint)


@pytest.fixture
def handler(running: Running) -> CommandHandler[str, int, SignedIn]:
    return CommandHandler(
        running.store, initial=0, decide=_visit, evolve=lambda visits, _: visits + 1
    )


async def test_a_repetition_that_finds_the_deed_done_midway_is_not_refused(
    running: Running,
    handler: CommandHandler[str, int, SignedIn],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load_tail = running.store.load_tail

    async def overtaken(stream: str, *, commits: int) -> Tail:
        monkeypatch.setattr(running.store, "load_tail", load_tail)
        await handler.handle(stream, "visit", subject=WHO, meta=_meta("one"))
        return await load_tail(stream, commits=commits)

    monkeypatch.setattr(running.store, "load_tail", overtaken)
    commit = await handler.handle(STREAM, "visit", subject=WHO, meta=_meta("one"))
    assert commit.repeated
    assert [record.id for record in await running.store.load(STREAM)] == list(commit.event_ids)
    with pytest.raises(SecondVisitError):
        await handler.handle(STREAM, "visit", subject=WHO, meta=_meta("two"))


async def test_a_command_that_led_to_nothing_leads_to_nothing_for_good(
    running: Running, handler: CommandHandler[str, int, SignedIn]
) -> None:
    first = await handler.handle(STREAM, "nothing", subject=WHO, meta=_meta("one"))
    again = await handler.handle(STREAM, "visit", subject=WHO, meta=_meta("one"))
    assert (first.stream, first.version, first.event_ids) == (STREAM, 0, ())
    assert (again.stream, again.version, again.event_ids) == (STREAM, 0, ())
    assert await running.store.load(STREAM) == []
    with pytest.raises(CommandReusedError):
        await handler.handle(STREAM, "visit", subject=WHO, meta=_meta("one", "other"))
    await handler.handle(STREAM, "visit", subject=WHO, meta=_meta("two"))
    assert len(await running.store.load_subject(WHO)) == 1
