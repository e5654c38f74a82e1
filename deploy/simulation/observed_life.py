"""A life that tells which of its facts were read and which have changed."""

from collections.abc import Hashable, ItemsView, Iterator, ValuesView
from datetime import datetime
from typing import Any, Final, TypeVar

from services.retention.domain.life.life import Life

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

ANY: Final = "*"
"""Stands for every fact of a register, when it was looked through."""
STARTED: Final = "/started"
LATEST: Final = "last"
"""The register of what happened last."""

Fact = tuple[str, Hashable]
"""A register of a life, and a name in it."""


class Register(dict[K, V]):
    """A register of a life; whatever is read of it, or changes in it, is noted."""

    __slots__ = ("_changed", "_name", "_read")

    def __init__(self, name: str, read: set[Fact], changed: set[Fact]) -> None:
        super().__init__()
        self._name = name
        self._read = read
        self._changed = changed

    def __getitem__(self, key: K) -> V:
        self._read.add((self._name, key))
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._read.add((self._name, key))
        return super().__contains__(key)

    def get(self, key: K, default: Any = None) -> Any:
        """Return the value of `key`."""
        self._read.add((self._name, key))
        return super().get(key, default)

    def __iter__(self) -> Iterator[K]:
        self._read.add((self._name, ANY))
        return super().__iter__()

    def items(self) -> ItemsView[K, V]:  # type: ignore[override]
        """Return every fact."""
        self._read.add((self._name, ANY))
        return super().items()

    def values(self) -> ValuesView[V]:  # type: ignore[override]
        """Return the value of every fact."""
        self._read.add((self._name, ANY))
        return super().values()

    def __setitem__(self, key: K, value: V) -> None:
        self._changed.add((self._name, key))
        self._changed.add((self._name, ANY))
        super().__setitem__(key, value)


class Beginnings(Register[str, datetime]):
    """The register of what happened first; looking for objects of one kind reads that kind only."""

    __slots__ = ()

    def __setitem__(self, key: str, value: datetime) -> None:
        super().__setitem__(key, value)
        if key.endswith(STARTED):
            self._changed.add((self._name, (key.partition("/")[0], ANY)))

    def look_for(self, kind: str) -> Iterator[str]:
        """Return the names of all facts; only new objects of `kind` matter to who asks."""
        self._read.add((self._name, (kind, ANY)))
        return dict.__iter__(self)


class Latest(Register[str, datetime]):
    """The register of what happened last; moving on is noted apart, since it can only postpone."""

    __slots__ = ()

    def __setitem__(self, key: str, value: datetime) -> None:
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
            ordered=Register("ordered", *noted),
            holds=Register("holds", *noted),
        )

    def objects(self, kind: str) -> Iterator[str]:
        """Yield the ids of all objects of `kind` that have a starting fact."""
        prefix = kind + "/"
        for name in self._beginnings.look_for(kind):
            if name.startswith(prefix) and name.endswith(STARTED):
                yield name[len(prefix) : -len(STARTED)]
