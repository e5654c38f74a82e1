"""A life that tells which of its facts were read and which of those have changed since."""

from collections import defaultdict
from collections.abc import Hashable, ItemsView, Iterator, KeysView, ValuesView
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from services.retention.domain.life.life import Closing, Life, Scope

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Fact = Hashable
"""What was read or has changed: the name of a fact, whichever register it is in, or a pair."""
ANY: Final = "*"
"""With the name of a register: every fact of it, when it was looked through."""
OBJECTS: Final = "objects"
"""With a kind: which objects of it there are."""
LATEST: Final = "last"
"""The register of what happened last. With the name of a fact: how late that was."""
STARTED: Final = "/started"


@dataclass(slots=True)
class Notes:
    """What is noted of a life."""

    read: set[Fact] = field(default_factory=set)
    """Emptied by whoever looks at it, as is `changed`."""
    changed: set[Fact] = field(default_factory=set)
    """Facts that matter to somebody, and every scope that something has happened to."""
    matters: dict[Fact, set[Hashable]] = field(default_factory=lambda: defaultdict(set))
    """What came from a fact."""
    only_postpones: dict[Fact, set[Hashable]] = field(default_factory=lambda: defaultdict(set))
    """What came from a fact that can only postpone it, by moving on."""


class Register(dict[K, V]):
    """A register of a life; whatever is read of it, or changes in it, is noted."""

    __slots__ = ("_any", "_changed", "_matters", "_read")

    def __init__(self, name: str, notes: Notes) -> None:
        super().__init__()
        self._any = name, ANY
        self._read, self._changed, self._matters = notes.read, notes.changed, notes.matters

    def __getitem__(self, key: K) -> V:
        self._read.add(key)
        return dict.__getitem__(self, key)

    def __contains__(self, key: object) -> bool:
        self._read.add(key)
        return dict.__contains__(self, key)

    def get(self, key: K, default: Any = None) -> Any:
        """Return the value of `key`."""
        self._read.add(key)
        return dict.get(self, key, default)

    def __iter__(self) -> Iterator[K]:
        self._read.add(self._any)
        return dict.__iter__(self)

    def keys(self) -> KeysView[K]:  # type: ignore[override]
        """Return the name of every fact."""
        self._read.add(self._any)
        return super().keys()

    def items(self) -> ItemsView[K, V]:  # type: ignore[override]
        """Return every fact."""
        self._read.add(self._any)
        return super().items()

    def values(self) -> ValuesView[V]:  # type: ignore[override]
        """Return the value of every fact."""
        self._read.add(self._any)
        return super().values()

    def __setitem__(self, key: K, value: V) -> None:
        if key in self._matters:
            self._changed.add(key)
        if self._any in self._matters:
            self._changed.add(self._any)
        dict.__setitem__(self, key, value)


class OfScopes(Register[Scope, V]):
    """A register of scopes."""

    __slots__ = ()

    def __setitem__(self, key: Scope, value: V) -> None:
        super().__setitem__(key, value)
        self._changed.add(key)


class Beginnings(Register[str, datetime]):
    """The register of what happened first; looking for objects of one kind reads that kind only."""

    __slots__ = ("_objects",)

    def __init__(self, name: str, notes: Notes) -> None:
        super().__init__(name, notes)
        self._objects: dict[str, list[str]] = {}

    def __setitem__(self, key: str, value: datetime) -> None:
        if key.endswith(STARTED) and not dict.__contains__(self, key):
            kind, _, thing = key.removesuffix(STARTED).partition("/")
            self._objects.setdefault(kind, []).append(thing)
            if (OBJECTS, kind) in self._matters:
                self._changed.add((OBJECTS, kind))
        super().__setitem__(key, value)

    def objects(self, kind: str) -> Iterator[str]:
        """Yield the ids of all objects of `kind`, in the order in which they were heard of."""
        self._read.add((OBJECTS, kind))
        return iter(self._objects.get(kind, ()))


class Latest(Register[str, datetime]):
    """The register of what happened last; that it happens once more is noted apart."""

    __slots__ = ("_only_postpones",)

    def __init__(self, name: str, notes: Notes) -> None:
        super().__init__(name, notes)
        self._only_postpones = notes.only_postpones

    def __getitem__(self, key: str) -> datetime:
        self._read.add((LATEST, key))
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of `key`."""
        self._read.add(key)
        self._read.add((LATEST, key))
        return dict.get(self, key, default)

    def items(self) -> ItemsView[str, datetime]:  # type: ignore[override]
        """Return every fact."""
        self._read.update((LATEST, key) for key in self)
        return super().items()

    def values(self) -> ValuesView[datetime]:  # type: ignore[override]
        """Return the value of every fact."""
        self._read.update((LATEST, key) for key in self)
        return super().values()

    def __setitem__(self, key: str, value: datetime) -> None:
        move = LATEST, key
        if move in self._only_postpones or move in self._matters:
            self._changed.add(move)
        if dict.__contains__(self, key):
            dict.__setitem__(self, key, value)
        else:
            super().__setitem__(key, value)


class ObservedLife(Life):
    """One person's facts, and notes about who reads and changes them."""

    __slots__ = ("_beginnings", "notes")

    def __init__(self, subject: str) -> None:
        self.notes = notes = Notes()
        self._beginnings = Beginnings("first", notes)
        super().__init__(
            subject,
            first=self._beginnings,
            last=Latest(LATEST, notes),
            status=Register("status", notes),
            held=OfScopes("held", notes),
            gone=OfScopes("gone", notes),
            closings=OfScopes("closings", notes),
            ordered=OfScopes("ordered", notes),
            holds=Register("holds", notes),
        )

    def is_live(self, scope: Scope) -> bool:
        """Whether something of `scope` is held and not gone; what asks takes no note."""
        return dict.__contains__(self.held, scope) and not dict.__contains__(self.gone, scope)

    def merge_closing(self, scope: Scope, case_id: str, closing: Closing) -> None:
        """Record that a case has disabled `scope`, or enabled it again."""
        super().merge_closing(scope, case_id, closing)
        self.closings[scope] = self.closings[scope]

    def objects(self, kind: str) -> Iterator[str]:
        """Yield the ids of all objects of `kind` that have a starting fact."""
        return self._beginnings.objects(kind)
