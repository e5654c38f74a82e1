"""What a service is made of: the kernel that it is given, its own parts, its settings and keys."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Generic, Self, TypeVar

from fastapi import APIRouter

from shared.access_files.model import Contribute
from shared.choices import Choices
from shared.clock import Clock
from shared.consuming.projections import Projection, ReadModel
from shared.consuming.reactions import Reaction
from shared.database import Database
from shared.erasure import EraseHook
from shared.event_store import EventStore
from shared.events.base import DomainEvent
from shared.http.problems import ProblemType
from shared.relay.sender import Publish
from shared.restoration import Restorations
from shared.rights import Rights
from shared.scheduling import Schedule
from shared.searching.canaries import CanaryStore
from shared.searching.places import Place
from shared.settings import Settings
from shared.tokens import EndedSessions
from shared.vault import Vault
from shared.vault.providers import KeyMaterial

SettingsT = TypeVar("SettingsT", bound=Settings)


@dataclass(frozen=True, slots=True)
class Kernel(Generic[SettingsT]):
    """What a service's `bootstrap` wires its parts with."""

    settings: SettingsT
    clock: Clock
    store: EventStore
    vault: Vault
    database: Database
    restorations: Restorations
    canaries: CanaryStore
    choices: Choices
    """What everybody decided, where this service asks before it uses data."""

    def read_model(self, projection: Projection) -> ReadModel:
        """Return the queries over `projection`'s documents."""
        return ReadModel(self.database.collection(projection.name))


@dataclass(frozen=True, slots=True)
class Part:
    """One capability of a service that has several."""

    routers: Sequence[APIRouter] = ()
    projections: Sequence[Projection] = ()
    reactions: Sequence[Reaction] = ()
    schedules: Sequence[Schedule] = ()
    prepare: Callable[[], Awaitable[Any]] | None = None
    """Run before anything is served, in the order of the parts."""
    close: Callable[[], Awaitable[Any]] | None = None
    """Run when the service stops."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service's own parts, as its `bootstrap` wires them."""

    routers: Sequence[APIRouter]
    projections: Sequence[Projection] = ()
    reactions: Sequence[Reaction] = ()
    schedules: Sequence[Schedule] = ()
    problems: Mapping[type[Exception], ProblemType] = field(default_factory=dict)
    erase: EraseHook | None = None
    contribute: Contribute | None = None
    """Returns everything the service holds about a person, for their access file (C8.1)."""
    searched: Sequence[Place] = ()
    """Where the service keeps things beside its database, its topics and its log."""
    prepare: Callable[[], Any] | None = None
    """Async function run before anything is served: indexes, restoring order after a restore."""
    applies_ledger: bool = False
    """Whether `prepare` applies the erasure ledger; every other service waits until it has been."""
    tasks: Mapping[str, Callable[[], Coroutine[Any, Any, None]]] = field(default_factory=dict)
    """What runs beside everything else until the service stops, by name."""
    close: Callable[[], Any] | None = None
    """Async function run last when the service stops."""

    @classmethod
    def of(
        cls,
        *parts: Part,
        problems: Mapping[type[Exception], ProblemType],
        erase: EraseHook,
        contribute: Contribute,
    ) -> Self:
        """Return the service that `parts` are together."""

        async def prepare() -> None:
            for part in parts:
                if part.prepare is not None:
                    await part.prepare()

        async def close() -> None:
            async with AsyncExitStack() as closing:
                for part in parts:
                    if part.close is not None:
                        closing.push_async_callback(part.close)

        return cls(
            routers=[one for part in parts for one in part.routers],
            projections=[one for part in parts for one in part.projections],
            reactions=[one for part in parts for one in part.reactions],
            schedules=[one for part in parts for one in part.schedules],
            problems=problems,
            erase=erase,
            contribute=contribute,
            prepare=prepare,
            close=close,
        )


@dataclass(frozen=True, slots=True)
class Assembly:
    """What an application is made of; the engines are connected when it starts."""

    name: str
    settings: Settings
    keys: KeyMaterial
    clock: Clock
    domain_events: tuple[type[DomainEvent], ...]
    publish: Publish
    bootstrap: Callable[[Kernel[Any]], Service]
    rights: Rights
    ended: EndedSessions
