"""Store, relay and projection on the real engines agree with lists of facts, whatever happens."""

import asyncio
import uuid
from typing import Final

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from shared.event_store import CommandReusedError, Commit, ConcurrencyConflictError, Metadata
from shared.personal import Erased
from shared.vault import KeyDestroyedError
from tests.engines import Engines
from tests.integration.kernel.sample import Registered, Renamed, SignedIn
from tests.property.kernel.model import (
    ACCOUNT,
    PEOPLE,
    STREAMS,
    VISITS,
    Model,
    Wish,
    name_in,
    person_of,
    wishes,
)
from tests.property.kernel.search import LONG, SETTINGS
from tests.property.kernel.world import World
from tests.waiting import eventually

PATIENCE: Final = 15
"""Seconds until what has not come about never will; it takes a fraction of one."""

streams = st.sampled_from(STREAMS)
people = st.sampled_from(PEOPLE)


class KernelMachine(RuleBasedStateMachine):
    """Does to a running service what may happen to it, and compares it with the model."""

    def __init__(self, engines: Engines) -> None:
        super().__init__()
        self.model = Model()
        self.touched: set[str] = set()
        self._loop = asyncio.Runner()
        self._patch = pytest.MonkeyPatch()
        self._patch.setenv("CARIONEXIQ_RELAY_SWEEP_SECONDS", "0.05")
        self._patch.setenv("CARIONEXIQ_LOG_LEVEL", "ERROR")
        self.world = World(engines.settings(f"p{uuid.uuid4().hex[:10]}-"), self._patch)
        self.run = self._loop.run

    @initialize()
    def start(self) -> None:
        self.run(self.world.start())

    @rule(stream=streams, wishes=wishes, keyed=st.sampled_from([True, True, False]))
    def append(self, stream: str, wishes: list[Wish], keyed: bool) -> None:
        events = self.model.events(stream, wishes)
        command_id = f"command-{len(self.model.commits)}" if keyed else None
        meta = Metadata("test", "system", "c", command_id=command_id)
        version = self.model.version(stream)
        if self.model.is_sealed_off(stream, events):
            with pytest.raises(KeyDestroyedError):
                self.run(self.world.append(stream, version, events, meta))
        else:
            commit = self.run(self.world.append(stream, version, events, meta))
            assert (commit.version, commit.repeated) == (version + len(events), False)
            self.model.record(stream, events, commit.event_ids, command_id)
        self.touched.add(stream)

    @precondition(lambda self: self.model.commits)
    @rule(data=st.data())
    def append_what_was_decided_on_an_older_version(self, data: st.DataObject) -> None:
        older = data.draw(st.sampled_from(self.model.commits))
        event = SignedIn(learner_id=person_of(older.stream))
        with pytest.raises(ConcurrencyConflictError):
            self.run(
                self.world.append(older.stream, older.version, [event], Metadata.system("late"))
            )
        self.touched.add(older.stream)

    @precondition(lambda self: any(one.command_id for one in self.model.commits))
    @rule(data=st.data(), stream=streams, same_content=st.booleans())
    def repeat_a_command(self, data: st.DataObject, stream: str, same_content: bool) -> None:
        first = data.draw(st.sampled_from([c for c in self.model.commits if c.command_id]))
        fingerprint = None if same_content else "another"
        meta = Metadata("test", "system", "c", command_id=first.command_id, fingerprint=fingerprint)
        event = SignedIn(learner_id=person_of(stream))
        again = self.world.append(stream, self.model.version(stream), [event], meta)
        if same_content:
            commit = self.run(again)
            assert commit.repeated
            assert (commit.stream, commit.event_ids) == (first.stream, first.event_ids)
        else:
            with pytest.raises(CommandReusedError):
                self.run(again)
        self.touched.add(stream)

    @rule(stream=streams, attempts=st.lists(wishes, min_size=2, max_size=4))
    def append_at_once(self, stream: str, attempts: list[list[Wish]]) -> None:
        events = [self.model.events(stream, one) for one in attempts]
        events = [one for one in events if not self.model.is_sealed_off(stream, one)]
        version = self.model.version(stream)
        outcomes = self.run(self.world.append_at_once(stream, version, events))
        won = [(e, o) for e, o in zip(events, outcomes, strict=True) if isinstance(o, Commit)]
        assert len(won) == min(1, len(events))
        for winner, commit in won:
            self.model.record(stream, winner, commit.event_ids, None)
        self.touched.add(stream)

    @rule(stream=streams)
    def announce_again(self, stream: str) -> None:
        self._publish_all()
        before = self.run(self.world.published_of(stream))
        self.run(self.world.running.store.announce_again(stream))
        self._publish_all()
        again = self.run(self.world.published_of(stream)) - before
        assert again >= len(self.model.streams[stream])

    @rule()
    def republish(self) -> None:
        self.run(self.world.republish())

    @rule()
    def what_the_relay_marks_next_is_lost(self) -> None:
        self.world.marking.fail_next = True

    @rule(stream=streams, published=st.booleans(), backlog=st.lists(wishes, max_size=4))
    def the_process_dies_while_the_relay_works(
        self, stream: str, published: bool, backlog: list[list[Wish]]
    ) -> None:
        """Before it has published, or before it has marked; more is appended meanwhile."""
        part = self.world.marking if published else self.world.publishing
        part.hang_next = True
        self.append(VISITS + person_of(stream), [("sign in", "")], keyed=False)
        for one in backlog:
            self.append(stream, one, keyed=True)
        self.run(self.world.die_when_it_hangs(part))

    @rule(seed=st.integers(0, 999))
    def redeliver(self, seed: int) -> None:
        self.run(self.world.redeliver(seed))

    @rule()
    def restart(self) -> None:
        self.run(self.world.restart())

    @rule()
    def rebuild(self) -> None:
        self.run(self.world.maintain("rebuild"))

    @rule(person=people)
    def destroy_the_key_of_a_name(self, person: str) -> None:
        self.run(self.world.destroy(person))
        self.model.destroyed.add(person)
        self.touched.add(ACCOUNT + person)

    @rule(person=people)
    def erase(self, person: str) -> None:
        self.settle()
        if self.model.person(person) is not None:
            self.run(self.world.erase(person))
            self.model.gone.add(person)
            self.model.destroyed.add(person)
            self.touched.add(ACCOUNT + person)

    @rule()
    def settle(self) -> None:
        """Wait until everything is published and folded."""
        self._publish_all()
        self.run(eventually(self._folded, seconds=PATIENCE))

    @invariant()
    def every_stream_holds_what_was_acknowledged_without_a_gap(self) -> None:
        for stream in self.touched:
            recorded = self.run(self.world.running.store.load(stream))
            facts = self.model.streams[stream]
            assert [one.version for one in recorded] == list(range(1, len(facts) + 1))
            assert [one.id for one in recorded] == [fact.id for fact in facts]
            forgotten = person_of(stream) in self.model.destroyed
            for one, fact in zip(recorded, facts, strict=True):
                assert type(one.event).__name__ == fact.kind
                if isinstance(one.event, Registered | Renamed):
                    assert isinstance(one.event.first_name.reveal(), Erased) == forgotten
                    assert name_in(one.event) == (None if forgotten else fact.name)
        self.touched.clear()

    def teardown(self) -> None:
        try:
            if hasattr(self.world, "running"):
                self._compare_everything()
        finally:
            self.run(self.world.stop())
            self._loop.close()
            self._patch.undo()

    def _compare_everything(self) -> None:
        self.touched.update(STREAMS)
        self.every_stream_holds_what_was_acknowledged_without_a_gap()
        self._publish_all()
        self._topic_holds_everything_in_order()
        self.settle()
        verified = self.run(self.world.maintain("verify"))
        assert verified["comparison"]["missing"] == 0, verified
        assert verified["comparison"]["surplus"] == 0, verified
        assert verified["comparison"]["different"] == 0, verified
        self.rebuild()
        self.settle()
        for person in PEOPLE:
            assert self.run(self.world.person(person)) == self.model.person(person)

    def _publish_all(self) -> None:
        self.run(eventually(self.world.all_published, seconds=PATIENCE))

    def _topic_holds_everything_in_order(self) -> None:
        first = self.run(self.world.first_published())
        for stream, facts in self.model.streams.items():
            assert first.get(stream, []) == [fact.id for fact in facts]

    async def _folded(self) -> bool:
        for person in PEOPLE:
            if await self.world.person(person) != self.model.person(person):
                return False
            greetings = await self.world.running.greetings(person)
            if greetings != bool(self.model.streams[ACCOUNT + person]):
                return False
        return True


@pytest.mark.timeout(0 if LONG else 300)
def test_store_relay_and_projection_agree_with_the_model(engines: Engines) -> None:
    class OnTheseEngines(KernelMachine):
        def __init__(self) -> None:
            super().__init__(engines)

    run_state_machine_as_test(OnTheseEngines, settings=SETTINGS)
