"""Joining every value with why it is held, for whom, from where and until when (art. 15(1)).

Pure: the services' parts go in, what each file of the package shows comes out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.gateway.held_data import DONE, ORDER
from shared.access_files import (
    AccessPart,
    PartFact,
    PartReading,
    PartRecipients,
    PartTerm,
    PartValue,
)
from shared.personal import WHOLE, Category
from shared.words import Text


@dataclass(frozen=True, slots=True)
class ToldValue:
    """One value with the service that holds it."""

    held_by: str
    value: PartValue


@dataclass(frozen=True, slots=True)
class Holding:
    """What is held of one category about one object, and everything that is to be said of it."""

    category: Category
    object: str
    values: tuple[ToldValue, ...]
    purpose: Text | None
    legal_basis: Text | None
    roles: tuple[str, ...]
    processors: tuple[str, ...]
    until: datetime | None
    """`None` while a later event decides."""
    rule: Text | None
    rule_id: str | None
    then: str | None

    @property
    def since(self) -> datetime:
        """When the first value came."""
        return min(one.value.recorded_at for one in self.values)


@dataclass(frozen=True, slots=True)
class Told:
    """Everything the file says."""

    holdings: tuple[Holding, ...]
    facts: tuple[tuple[str, PartFact], ...]
    """What happened, oldest first, each with the service that recorded it."""
    readings: tuple[PartReading, ...]

    @property
    def categories(self) -> tuple[tuple[Category, tuple[Holding, ...]], ...]:
        """The holdings by category, in the order of the page « Mes données »."""
        found: dict[Category, list[Holding]] = {}
        for one in self.holdings:
            found.setdefault(one.category, []).append(one)
        return tuple((category, tuple(some)) for category, some in found.items())

    @property
    def values(self) -> int:
        """How many values it tells."""
        return sum(len(one.values) for one in self.holdings)


def joined(parts: Iterable[AccessPart]) -> Told:
    """Return what `parts` tell together."""
    ordered = sorted(parts, key=lambda part: part.service)
    values: dict[tuple[Category, str], list[ToldValue]] = {}
    for part in ordered:
        for one in part.values:
            values.setdefault((one.category, one.object), []).append(ToldValue(part.service, one))
    terms = _terms(ordered)
    recipients = {one.category: one for part in ordered for one in part.recipients}
    holdings = [
        _holding(key, some, _over(key, terms), recipients.get(key[0]))
        for key, some in values.items()
    ]
    facts = ((part.service, fact) for part in ordered for fact in part.facts)
    return Told(
        holdings=tuple(sorted(holdings, key=lambda one: (_rank(one.category), one.since))),
        facts=tuple(sorted(facts, key=lambda pair: (pair[1].at, pair[1].event))),
        readings=tuple(one for part in ordered for one in part.readings),
    )


def _terms(parts: Iterable[AccessPart]) -> Mapping[tuple[Category, str], Sequence[PartTerm]]:
    found: dict[tuple[Category, str], list[PartTerm]] = {}
    for part in parts:
        for term in part.terms:
            if term.state != DONE:
                found.setdefault((term.category, term.object), []).append(term)
    return found


def _over(
    key: tuple[Category, str], terms: Mapping[tuple[Category, str], Sequence[PartTerm]]
) -> list[PartTerm]:
    """Return the clocks over a holding; one over the whole category ends its objects too."""
    category, thing = key
    over = list(terms.get(key, ()))
    return over if thing == WHOLE else [*over, *terms.get((category, WHOLE), ())]


def _holding(
    key: tuple[Category, str],
    values: Sequence[ToldValue],
    terms: Sequence[PartTerm],
    told: PartRecipients | None,
) -> Holding:
    """Return a holding: why and on which basis by its main rule, until when by its earliest."""
    main = terms[0] if terms else None
    dated = [term for term in terms if term.due is not None]
    first = min(dated, key=lambda term: term.due or NEVER, default=main)
    return Holding(
        category=key[0],
        object=key[1],
        values=tuple(sorted(values, key=lambda one: (one.value.recorded_at, one.value.field))),
        purpose=main.purpose if main else _first(told.purposes if told else ()),
        legal_basis=main.legal_basis if main else _first(told.legal_bases if told else ()),
        roles=told.roles if told else (),
        processors=told.processors if told else (),
        until=first.due if first else None,
        rule=first.title if first else None,
        rule_id=first.rule_id if first else None,
        then=first.action if first else None,
    )


NEVER: Final = datetime.max  # noqa: DTZ901 - never reached: only dated terms are compared


def _first(texts: Sequence[Text]) -> Text | None:
    return texts[0] if texts else None


def _rank(category: Category) -> int:
    return ORDER.index(category) if category in ORDER else len(ORDER)
