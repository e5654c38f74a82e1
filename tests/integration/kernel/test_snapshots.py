"""Snapshots: long streams are folded from where their state was kept, and forgotten with a key."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from shared.command_handler import SNAPSHOT_EVERY, CommandHandler
from shared.database import Document
from shared.event_store import Metadata
from shared.events.base import DomainEvent, SubjectId
from shared.personal import Category, Erased, Personal
from shared.snapshots import COLLECTION
from shared.vault import KeyId
from tests.integration.kernel.conftest import META, Running
from tests.integration.kernel.sample import Registered, SignedIn

SUBJECT = SubjectId("subject-1")
STREAM = "learner-subject-1"
NAME_KEY = KeyId(SUBJECT, Category.CIVIL_IDENTITY, "-")
LONG = 3 * SNAPSHOT_EVERY


@dataclass(frozen=True)
class Account:
    first_name: Personal[str] | None = None
    logins: int = 0


def evolve(state: Account, event: DomainEvent) -> Account:
    match event:
        case Registered(first_name=name):
            return Account(name, state.logins)
        case SignedIn():
            return Account(state.first_name, state.logins + 1)
        case _:
            return state


class Counted:
    """Counts the events that a handler folds."""

    def __init__(self) -> None:
        self.folded = 0

    def evolve(self, state: Account, event: DomainEvent) -> Account:
        self.folded += 1
        return evolve(state, event)


def decide(_: str, __: Account) -> Sequence[DomainEvent]:
    return [SignedIn(learner_id=SUBJECT)]


def handler_of(running: Running, counted: Counted) -> CommandHandler[str, Account, DomainEvent]:
    return CommandHandler(running.store, initial=Account(), decide=decide, evolve=counted.evolve)


async def _long_stream(running: Running) -> None:
    await running.register("subject-1", "Canari")
    for start in range(1, LONG, 50):
        await running.store.append(
            STREAM, start, [SignedIn(learner_id=SUBJECT)] * 50, subject=SUBJECT, meta=META
        )


async def _snapshots(running: Running) -> list[Document]:
    return await running.database.collection(COLLECTION).find({}).to_list(None)


async def test_a_long_stream_is_folded_from_its_snapshot_on(running: Running) -> None:
    await _long_stream(running)
    handler = handler_of(running, first := Counted())
    state, version = await handler.state(STREAM)
    assert (state.logins, version) == (LONG, LONG + 1)
    assert first.folded == LONG + 1
    again = handler_of(running, second := Counted())
    await again.handle(STREAM, "sign in", subject=SUBJECT, meta=META)
    kept, version = await again.state(STREAM)
    assert second.folded == 2, "once when decided, once when loaded"
    assert version == LONG + 2
    assert kept.logins == LONG + 1
    assert kept.first_name is not None
    assert kept.first_name.text() == "Canari"


async def test_a_snapshot_is_sealed_and_goes_with_any_of_its_keys(running: Running) -> None:
    await _long_stream(running)
    await handler_of(running, Counted()).state(STREAM)
    (snapshot,) = await _snapshots(running)
    assert b"Canari" not in snapshot["state"]
    await running.vault.destroy(NAME_KEY)
    state, _ = await handler_of(running, counted := Counted()).state(STREAM)
    assert counted.folded == LONG + 1
    assert state.first_name is not None
    assert state.first_name.reveal() == Erased(category=Category.CIVIL_IDENTITY)
    await running.store.snapshots.drop(KeyId(SUBJECT, Category.CONTACT, "-"))
    assert await _snapshots(running) == []


async def test_nothing_is_kept_of_a_value_whose_key_was_destroyed_meanwhile(
    running: Running,
) -> None:
    await running.register("subject-1", "Canari")
    await running.store.load(STREAM)
    await running.vault.destroy(NAME_KEY)
    await running.store.snapshots.keep(STREAM, "shape", b"Canari", 1, frozenset([NAME_KEY]))
    assert await _snapshots(running) == []


async def test_changed_rules_never_meet_the_state_of_old_ones(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _long_stream(running)
    await handler_of(running, Counted()).state(STREAM)
    monkeypatch.setattr("shared.snapshots._digest", lambda *_: "changed")
    await handler_of(running, counted := Counted()).state(STREAM)
    assert counted.folded == LONG + 1


async def test_a_command_on_a_long_stream_is_recognised_when_it_comes_again(
    running: Running,
) -> None:
    await _long_stream(running)
    meta = Metadata(actor="test", role="system", correlation_id="test", command_id="once")
    handler = handler_of(running, Counted())
    first = await handler.handle(STREAM, "sign in", subject=SUBJECT, meta=meta)
    again = await handler.handle(STREAM, "sign in", subject=SUBJECT, meta=meta)
    assert again.repeated
    assert again.event_ids == first.event_ids
