"""A life that tells which of its facts were read and which have changed."""

from collections.abc import Hashable, ItemsView, Iterator, KeysView, ValuesView
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


class Register(dict[K, V]):
    """A register of a life; whatever is read of it, or changes in it, is noted."""

    __slots__ = ("_any", "_changed", "_read")

    def __init__(self, name: str, read: set[Fact], changed: set[Fact]) -> None:
        super().__init__()
        self._any = name, ANY
        self._read = read
        self._changed = changed

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
        return super().__iter__()

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
        self._changed.add(key)
        self._changed.add(self._any)
        dict.__setitem__(self, key, value)


class Beginnings(Register[str, datetime]):
    """The register of what happened first; looking for objects of one kind reads that kind only."""

    __slots__ = ()

    def __setitem__(self, key: str, value: datetime) -> None:
        super().__setitem__(key, value)
        if key.endswith(STARTED):
            self._changed.add((OBJECTS, key.partition("/")[0]))

    def look_for(self, kind: str) -> Iterator[str]:
        """Return the names of all facts; only new objects of `kind` matter to who asks."""
        self._read.add((OBJECTS, kind))
        return dict.__iter__(self)


class Latest(Register[str, datetime]):
    """The register of what happened last; that it happens once more is noted apart."""

    __slots__ = ()

    def __getitem__(self, key: str) -> datetime:
        self._read.add((LATEST, key))
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of `key`."""
        self._read.add((LATEST, key))
        return super().get(key, default)

    def items(self) -> ItemsView[str, datetime]:  # type: ignore[override]
        """Return every fact."""
        self._read.update((LATEST, key) for key in self)
        return super().items()

    def values(self) -> ValuesView[datetime]:  # type: ignore[override]
        """Return the value of every fact."""
        self._read.update((LATEST, key) for key in self)
        return super().values()

    def __setitem__(self, key: str, value: datetime) -> None:
        self._changed.add((LATEST, key))
        if dict.__contains__(self, key):
            dict.__setitem__(self, key, value)
        else:
            super().__setitem__(key, value)


class ObservedLife(Life):
    """One person's facts. `read` and `changed` are emptied by whoever observes."""

    __slots__ = ("_beginnings", "changed", "read")

    def __init__(self, subject: str) -> None:
        self.read: set[Fact] = set()
        self.changed: set[Fact] = set()
        noted = self.read, self.changed
        self._beginnings = Beginnings("first", *noted)
        super().__init__(
            subject,
            first=self._beginnings,
            last=Latest(LATEST, *noted),
            status=Register("status", *noted),
            held=Register("held", *noted),
            gone=Register("gone", *noted),
            closings=Register("closings", *noted),
            ordered=Register("ordered", *noted),
            holds=Register("holds", *noted),
        )

    def merge_closing(self, scope: Scope, case_id: str, closing: Closing) -> None:
        """Record that a case has disabled `scope`, or enabled it again."""
        super().merge_closing(scope, case_id, closing)
        self.closings[scope] = self.closings[scope]

    def objects(self, kind: str) -> Iterator[str]:
        """Yield the ids of all objects of `kind` that have a starting fact."""
        prefix = kind + "/"
        for name in self._beginnings.look_for(kind):
            if name.startswith(prefix) and name.endswith(STARTED):
                yield name[len(prefix) : -len(STARTED)]
