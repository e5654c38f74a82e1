"""Carrying out a command: load the stream, fold it, decide, append."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Generic, TypeVar, cast

from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_random

from shared.event_store import (
    Commit,
    ConcurrencyConflictError,
    EventStore,
    Metadata,
    RecordedEvent,
    nothing_of,
)
from shared.events.base import Event, SubjectId
from shared.snapshots import Shape

Command = TypeVar("Command")
State = TypeVar("State")
E = TypeVar("E", bound=Event)

CONFLICT_ATTEMPTS = 8
SNAPSHOT_EVERY = 200
"""Events folded anew at most before their state is kept."""


@dataclass(frozen=True, slots=True)
class Outcome(Generic[State, E]):
    """What a command led to, the same for its repetition."""

    commit: Commit
    state: State
    """As it was right after the command."""
    events: tuple[E, ...]


class CommandHandler(Generic[Command, State, E]):
    """Runs a decider (Chassaing's `initial`, `decide`, `evolve`) against the event store."""

    def __init__(
        self,
        store: EventStore,
        *,
        initial: State,
        decide: Callable[[Command, State], Sequence[E]],
        evolve: Callable[[State, E], State],
        grows_long: bool = True,
    ) -> None:
        """Decide over streams that are folded from `initial` by `evolve`.

        Streams that `grows_long` are folded from a snapshot; the state must then survive JSON.
        """
        self._store = store
        self._initial = initial
        self._decide = decide
        self._evolve = evolve
        self._shape = Shape(initial, evolve) if grows_long else None

    async def state(self, stream: str) -> tuple[State, int]:
        """Return the state of `stream` and its version, 0 for a stream without events."""
        if self._shape is None:
            return self._fold(self._initial, 0, await self._store.load(stream))
        if self._store.version_known(stream) < SNAPSHOT_EVERY:
            tail = await self._store.load_tail(stream, commits=SNAPSHOT_EVERY)
            if tail.complete:
                return self._fold(self._initial, 0, tail.events)
        return await self._state_of_long(stream, self._shape)

    async def _state_of_long(self, stream: str, shape: Shape[State]) -> tuple[State, int]:
        """Return the state of a stream of many commits, from its snapshot on."""
        snapshots = self._store.snapshots
        found = await snapshots.find(stream, shape.name)
        data, since, scopes = found or (None, 0, frozenset())
        tail = await self._store.load_tail(stream, after=since)
        start = self._initial if data is None else shape.load(data)
        state, version = self._fold(start, since, tail.events)
        if version - since >= SNAPSHOT_EVERY and not tail.withheld:
            scopes |= tail.scopes
            await snapshots.keep(stream, shape.name, shape.dump(state), version, scopes)
        return state, version

    def _fold(
        self, state: State, version: int, recorded: Sequence[RecordedEvent]
    ) -> tuple[State, int]:
        for record in recorded:
            state = self._evolve(state, cast("E", record.event))
        return state, recorded[-1].version if recorded else version

    async def handle(
        self, stream: str, command: Command, *, subject: SubjectId, meta: Metadata
    ) -> Commit:
        """Carry out `command` on `stream`; a concurrent append makes it decide anew.

        Raises:
            ConcurrencyConflictError: the stream kept moving for every attempt.
            CommandReusedError: the command was carried out before with another content.
            Exception: whatever error of the domain `decide` raises.
        """
        carried_out = await self._carry_out(stream, command, subject=subject, meta=meta)
        return carried_out if isinstance(carried_out, Commit) else carried_out.commit

    async def outcome(
        self, stream: str, command: Command, *, subject: SubjectId, meta: Metadata
    ) -> Outcome[State, E]:
        """Carry out `command` as `handle` does and return what it led to, or once did."""
        carried_out = await self._carry_out(stream, command, subject=subject, meta=meta)
        return await self.earlier(carried_out) if isinstance(carried_out, Commit) else carried_out

    async def earlier(self, commit: Commit) -> Outcome[State, E]:
        """Return what the command that made `commit` led to."""
        until = [r for r in await self._store.load(commit.stream) if r.version <= commit.version]
        state, _ = self._fold(self._initial, 0, until)
        own = tuple(cast("E", r.event) for r in until if r.id in commit.event_ids)
        return Outcome(commit, state, own)

    async def _carry_out(
        self, stream: str, command: Command, *, subject: SubjectId, meta: Metadata
    ) -> Outcome[State, E] | Commit:
        """Return what `command` leads to, or the commit that it made when it came before."""
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(ConcurrencyConflictError),
            stop=stop_after_attempt(CONFLICT_ATTEMPTS),
            wait=wait_random(0, 0.02),
            reraise=True,
        ):
            with attempt:
                state, version = await self.state(stream)
                try:
                    events = tuple(self._decide(command, state))
                except Exception:
                    # Refused perhaps because the same command has been carried out.
                    earlier = await self._store.earlier(meta)
                    if earlier is None:
                        raise
                    return earlier
                if events:
                    commit = await self._store.append(
                        stream, version, events, subject=subject, meta=meta
                    )
                else:
                    commit = await self._nothing(stream, version, subject, meta)
                if commit.repeated:
                    return commit
                return Outcome(commit, reduce(self._evolve, events, state), events)
        raise ConcurrencyConflictError(stream)

    async def _nothing(
        self, stream: str, version: int, subject: SubjectId, meta: Metadata
    ) -> Commit:
        """Return that a command led to nothing; of a request it is recorded, beside the stream.

        Its repetition then leads to nothing too, whatever has happened to the stream meanwhile.
        """
        if meta.fingerprint is None:
            return Commit(stream, version, ())
        suffix = nothing_of(meta.command_id)
        commit = await self._store.append(stream + suffix, version, [], subject=subject, meta=meta)
        return replace(commit, stream=commit.stream.removesuffix(suffix))
