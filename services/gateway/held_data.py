"""Joining what every service holds with the clock that will end it: the page "Mes données" (C8.1).

Pure: the services' answers go in, what the page shows comes out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

WHOLE: Final = "-"
DONE: Final = "done"
ORDER: Final = (
    "civil_identity",
    "contact",
    "credentials",
    "profile",
    "minority",
    "learning_history",
    "consents",
    "consent",
    "recording",
    "support",
    "payment",
    "mail_content",
    "access_file",
    "technical_traces",
)


@dataclass(frozen=True, slots=True)
class Datum:
    """One value held about the person."""

    field: str
    value: str | None
    erased: bool
    recorded_at: datetime
    source: str
    event_id: str | None = None
    """Names the value to whoever says that it is wrong."""


@dataclass(frozen=True, slots=True)
class Step:
    """One moment that a rule names and what it comes to, in words."""

    text: str
    decides: bool


@dataclass(frozen=True, slots=True)
class Term:
    """One clock that runs over a holding."""

    rule_id: str
    promises: tuple[str, ...]
    title: str
    state: str
    phase: str
    anchor: datetime | None
    due: datetime | None
    archive_from: datetime | None
    action: str
    anchor_text: str
    """What the term starts from, in words."""
    basis: str
    text: str
    hold_until: datetime | None
    controllers_choice: bool
    steps: tuple[Step, ...]
    """Each moment that the rule names, in order."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a holding went: unreadable at once, its key destroyed later."""

    gone_at: datetime
    destroy_at: datetime | None
    destroyed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Holding:
    """What is held of one category about one object, with the clocks over it."""

    category: str
    object: str
    data: tuple[Datum, ...]
    terms: tuple[Term, ...]
    ending: Ending | None = None
    settling: bool = False
    """Whether it came a moment ago and its clock is still on its way."""

    @property
    def due(self) -> datetime | None:
        """When the earliest clock ends it; `None` while no clock has a date."""
        dates = [term.due for term in self.terms if term.due]
        return min(dates, default=None)

    @property
    def term(self) -> Term | None:
        """The clock that ends it first."""
        dated = [term for term in self.terms if term.due]
        if dated:
            return min(dated, key=lambda term: term.due or datetime.max)  # noqa: DTZ901 - never reached
        return self.terms[0] if self.terms else None

    @property
    def promises(self) -> tuple[str, ...]:
        """The promises its clocks keep, each once."""
        return tuple(dict.fromkeys(number for term in self.terms for number in term.promises))

    @property
    def recorded(self) -> datetime:
        """When the first value came."""
        return min(datum.recorded_at for datum in self.data)

    @property
    def erased(self) -> bool:
        """Whether nothing of it can be read any more."""
        return all(datum.erased for datum in self.data)

    @property
    def alarm(self) -> bool:
        """Whether something readable is held that no clock will end: never acceptable (C2.11)."""
        if self.erased or self.settling:
            return False
        return not self.terms or all(term.state in _ALARMS for term in self.terms)


_ALARMS: Final = frozenset({"alarm", "missing_anchor"})
SETTLES_WITHIN: Final = timedelta(minutes=1)
"""Time in which a fact's clock follows it from service to service."""


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything held, by category."""

    categories: tuple[tuple[str, tuple[Holding, ...]], ...]

    @property
    def holdings(self) -> tuple[Holding, ...]:
        """Every holding, in the page's order."""
        return tuple(holding for _, group in self.categories for holding in group)

    @property
    def values(self) -> int:
        """How many readable values are held."""
        return sum(not datum.erased for one in self.holdings for datum in one.data)

    @property
    def alarms(self) -> int:
        """How many holdings no clock will end."""
        return sum(holding.alarm for holding in self.holdings)

    @property
    def next_due(self) -> datetime | None:
        """When the next holding goes."""
        dates = [one.due for one in self.holdings if one.due and not one.erased]
        return min(dates, default=None)


def overview(
    held: Iterable[Mapping[str, Any]], clocks: Iterable[Mapping[str, Any]], now: datetime
) -> Overview:
    """Join held values with clocks by category and object.

    A clock over the whole category also ends the category's objects. Only clocks of objects that
    hold something are shown: the others have nothing to end. A clock that is done says nothing
    about values that came later under the same name.
    """
    terms: dict[tuple[str, str], list[Term]] = {}
    endings: dict[tuple[str, str], Ending] = {}
    for clock in clocks:
        key = (str(clock["category"]), str(clock.get("object") or WHOLE))
        if clock.get("state") == DONE:
            if (ending := _ending(clock)) is not None:
                endings[key] = ending
            continue
        terms.setdefault(key, []).append(_term(clock))
    data: dict[tuple[str, str], list[Datum]] = {}
    for item in held:
        key = (str(item["category"]), str(item.get("object") or WHOLE))
        data.setdefault(key, []).append(_datum(item))
    groups: dict[str, list[Holding]] = {}
    for (category, thing), values in data.items():
        over = list(terms.get((category, thing), ()))
        if thing != WHOLE:
            over += terms.get((category, WHOLE), [])
        ordered = tuple(sorted(values, key=lambda datum: (datum.recorded_at, datum.field)))
        settling = not over and now - ordered[0].recorded_at < SETTLES_WITHIN
        ending = endings.get((category, thing))
        holding = Holding(category, thing, ordered, tuple(over), ending, settling)
        groups.setdefault(category, []).append(holding)
    return Overview(
        tuple(
            (category, tuple(sorted(group, key=lambda holding: holding.recorded)))
            for category, group in sorted(groups.items(), key=lambda pair: _rank(pair[0]))
        )
    )


def _rank(category: str) -> int:
    return ORDER.index(category) if category in ORDER else len(ORDER)


def _datum(item: Mapping[str, Any]) -> Datum:
    value = item.get("value")
    return Datum(
        field=str(item["field"]),
        value=None if value is None else str(value),
        erased=bool(item.get("erased")),
        recorded_at=datetime.fromisoformat(item["recorded_at"]),
        source=str(item["source"]),
        event_id=item.get("event_id"),
    )


def _term(clock: Mapping[str, Any]) -> Term:
    return Term(
        rule_id=str(clock.get("rule_id", "")),
        promises=tuple(map(str, clock.get("promises") or ())),
        title=str(clock.get("title") or ""),
        state=str(clock.get("state", "")),
        phase=str(clock.get("phase", "")),
        anchor=_instant(clock.get("anchor")),
        due=_instant(clock.get("acts_at") or clock.get("due")),
        archive_from=_instant(clock.get("archive_from")),
        action=str(clock.get("action", "")),
        anchor_text=str(clock.get("anchor_text") or ""),
        basis=str(clock.get("basis") or ""),
        text=str(clock.get("text") or ""),
        hold_until=_instant(clock.get("hold_until")),
        controllers_choice=bool(clock.get("controllers_choice")),
        steps=tuple(
            Step(str(step["text"]), bool(step.get("decides"))) for step in clock.get("steps") or ()
        ),
    )


def _ending(clock: Mapping[str, Any]) -> Ending | None:
    gone_at = _instant(clock.get("gone_at"))
    if gone_at is None:
        return None
    return Ending(gone_at, _instant(clock.get("destroy_at")), _instant(clock.get("destroyed_at")))


def _instant(value: object) -> datetime | None:
    return datetime.fromisoformat(str(value)) if value else None
