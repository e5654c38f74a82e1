"""A life as registers that only ever merge, so that order and repetition of events are harmless.

- `first[name]`: the earliest instant at which something happened.
- `last[name]`: the latest instant.
- `status[name]`: what a stream said last, decided by the event's sequence in that stream.
- `held[scope]`: since when personal data of a scope exists.
- `gone[scope]`: when its key was destroyed.
- `closings[scope][case]`: what an erasure case said last of disabling the scope.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from shared.events.retention import HeldScope
from shared.personal import Category


class Scope(NamedTuple):
    """What one data key covers."""

    category: Category
    object: str


class Status(NamedTuple):
    """The last word of a stream on something."""

    sequence: int
    value: str
    at: datetime


class Closing(NamedTuple):
    """The last word of a case on disabling a scope."""

    sequence: int
    disabled: bool
    at: datetime
    destroy_at: datetime | None
    """When the key is to be destroyed, while the scope is disabled."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A legal hold as a life knows it."""

    hold_id: str
    scopes: tuple[HeldScope, ...]
    ground: str
    expires_at: datetime
    lifted_at: datetime | None = None
    placed_at: datetime | None = None
    disclosed_from: datetime | None = None
    sequence: int = 0
    """Place in its stream of the latest word on it."""

    def is_active(self, now: datetime) -> bool:
        """Whether it keeps anything from going at `now`."""
        return self.lifted_at is None and now < self.expires_at

    def is_secret(self, now: datetime) -> bool:
        """Whether the person must not learn of it at `now`, even when it has ended."""
        return self.disclosed_from is not None and now < self.disclosed_from

    def covers(self, scope: Scope) -> bool:
        """Whether it is about `scope`."""
        return any(
            held.category == scope.category and held.object in (None, scope.object)
            for held in self.scopes
        )


@dataclass(slots=True)
class Life:
    """The facts of one person. `merge_*` are the only ways it changes."""

    subject: str
    first: dict[str, datetime] = field(default_factory=dict)
    last: dict[str, datetime] = field(default_factory=dict)
    status: dict[str, Status] = field(default_factory=dict)
    held: dict[Scope, datetime] = field(default_factory=dict)
    gone: dict[Scope, datetime] = field(default_factory=dict)
    closings: dict[Scope, dict[str, Closing]] = field(default_factory=dict)
    """What each case said last of disabling the scope."""
    ordered: dict[Scope, str] = field(default_factory=dict)
    """Case that is to erase the scope."""
    holds: dict[str, Hold] = field(default_factory=dict)

    def merge_first(self, name: str, at: datetime) -> None:
        """Record that `name` happened at `at`; the earliest counts."""
        if (known := self.first.get(name)) is None or at < known:
            self.first[name] = at

    def merge_last(self, name: str, at: datetime) -> None:
        """Record that `name` happened at `at`; the latest counts."""
        if (known := self.last.get(name)) is None or at > known:
            self.last[name] = at

    def merge_status(self, name: str, status: Status) -> None:
        """Record what a stream says about `name`; its last word counts."""
        if (known := self.status.get(name)) is None or status > known:
            self.status[name] = status

    def merge_held(self, scope: Scope, at: datetime) -> None:
        """Record that data of `scope` exists since `at`."""
        if (known := self.held.get(scope)) is None or at < known:
            self.held[scope] = at

    def merge_gone(self, scope: Scope, at: datetime) -> None:
        """Record that the key of `scope` was destroyed at `at`."""
        if (known := self.gone.get(scope)) is None or at < known:
            self.gone[scope] = at

    def merge_closing(self, scope: Scope, case_id: str, closing: Closing) -> None:
        """Record that a case has disabled `scope`, or enabled it again; its last word counts."""
        by_case = self.closings.setdefault(scope, {})
        known = by_case.get(case_id)
        if known is None or closing.sequence > known.sequence:
            by_case[case_id] = closing

    def merge_ordered(self, scope: Scope, case_id: str) -> None:
        """Record that a case is to erase `scope`."""
        self.ordered[scope] = max(case_id, self.ordered.get(scope, ""))

    def merge_hold(self, hold: Hold) -> None:
        """Record the word of a hold's stream on it; its last word counts, and a lift for ever."""
        known = self.holds.get(hold.hold_id)
        if known is None:
            self.holds[hold.hold_id] = hold
            return
        older, newer = sorted((known, hold), key=lambda one: one.sequence)
        self.holds[hold.hold_id] = replace(
            newer,
            ground=newer.ground or older.ground,
            lifted_at=_earliest(known.lifted_at, hold.lifted_at),
            placed_at=_earliest(known.placed_at, hold.placed_at),
        )

    def merge_lift(self, hold_id: str, at: datetime) -> None:
        """Record that a hold was lifted, even when its placing has not been heard of yet."""
        self.merge_hold(Hold(hold_id, (), "", at, lifted_at=at, sequence=-1))

    def gone_at(self, scope: Scope) -> datetime | None:
        """Return since when `scope` is unreadable, disabled or destroyed; `None` if it is not."""
        destroyed = self.gone.get(scope)
        if not self.closings:
            return destroyed
        closed = [one.at for one in self._disabling(scope)]
        if destroyed is not None:
            closed.append(destroyed)
        return min(closed, default=None)

    def destroy_at(self, scope: Scope) -> datetime | None:
        """Return when the key of `scope` is to be destroyed, once it is disabled."""
        closed = [one.destroy_at for one in self._disabling(scope)]
        return min((at for at in closed if at is not None), default=None)

    def _disabling(self, scope: Scope) -> list[Closing]:
        return [one for one in self.closings.get(scope, {}).values() if one.disabled]

    def live(self) -> list[Scope]:
        """Return the scopes whose data can still be read, in a stable order."""
        return sorted(scope for scope in self.held if self.gone_at(scope) is None)

    def objects(self, kind: str) -> Iterator[str]:
        """Yield the ids of all objects of `kind` that have a starting fact."""
        prefix = kind + "/"
        for name in self.first:
            if name.startswith(prefix) and name.endswith("/started"):
                yield name[len(prefix) : -len("/started")]

    def to_document(self) -> dict[str, Any]:
        """Return the life as lists that any document store keeps."""
        return {
            "first": [[name, at] for name, at in sorted(self.first.items())],
            "last": [[name, at] for name, at in sorted(self.last.items())],
            "status": [[name, *status] for name, status in sorted(self.status.items())],
            "held": [[*scope, at] for scope, at in sorted(self.held.items())],
            "gone": [[*scope, at] for scope, at in sorted(self.gone.items())],
            "closings": [
                [*scope, case, *closing]
                for scope, by_case in sorted(self.closings.items())
                for case, closing in sorted(by_case.items())
            ],
            "ordered": [[*scope, case] for scope, case in sorted(self.ordered.items())],
            "holds": [
                [
                    h.hold_id,
                    [[s.category, s.object] for s in h.scopes],
                    h.ground,
                    h.expires_at,
                    h.lifted_at,
                    h.placed_at,
                    h.disclosed_from,
                    h.sequence,
                ]
                for _, h in sorted(self.holds.items())
            ],
        }

    @classmethod
    def from_document(cls, subject: str, document: dict[str, Any]) -> "Life":
        """Return the life that `to_document` wrote."""
        life = cls(
            subject,
            first={name: at for name, at in document["first"]},  # noqa: C416 - rows are lists
            last={name: at for name, at in document["last"]},  # noqa: C416 - same
            status={name: Status(s, v, at) for name, s, v, at in document["status"]},
            held={Scope(Category(c), o): at for c, o, at in document["held"]},
            gone={Scope(Category(c), o): at for c, o, at in document["gone"]},
            ordered={Scope(Category(c), o): case for c, o, case in document["ordered"]},
            holds={row[0]: _hold(row) for row in document["holds"]},
        )
        for category, thing, case, *closing in document.get("closings", []):
            life.merge_closing(Scope(Category(category), thing), case, Closing(*closing))
        return life


def _hold(row: list[Any]) -> Hold:
    """Return the hold of a row; version 1 of the documents named whole categories."""
    hold_id, scopes, *rest = row
    pairs = [(one, None) if isinstance(one, str) else tuple(one) for one in scopes]
    held = tuple(HeldScope(category=Category(c), object=o) for c, o in pairs)
    return Hold(hold_id, held, *rest)


def _earliest(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)
