"""The filter of an official demand: what is within its exact scope, and why the rest is not (C6.2).

Pure: held data goes in, both sides come out; nothing is lost between them.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from shared.events.demands import CategoryCount, DemandScope, WithheldCount, WithheldReason
from shared.held_data import HeldDatum
from shared.personal import Category

PARIS: Final = ZoneInfo("Europe/Paris")
OF_OTHERS: Final = frozenset({"guardian_name", "guardian_email"})
"""Fields of a person's events that say who somebody else is."""
SECRETS: Final = frozenset(
    {
        "password_hash",
        "token",
        "stop_token",
        "secret",
        "hashes",
        "credential_id",
        "public_key",
        "provider_subject",
    }
)
"""Fields by which an account could be opened: no demand about data is about these."""


@dataclass(frozen=True, slots=True)
class Sifted:
    """Both sides of the filter for one person."""

    disclosed: tuple[HeldDatum, ...]
    withheld: tuple[tuple[HeldDatum, WithheldReason], ...]


def sift(person: str, held: Iterable[HeldDatum], scope: DemandScope) -> Sifted:
    """Return which of `held`, data of `person`, `scope` lets through, and why not the others."""
    disclosed: list[HeldDatum] = []
    withheld: list[tuple[HeldDatum, WithheldReason]] = []
    for datum in held:
        reason = why_withheld(person, datum, scope)
        if reason is None:
            disclosed.append(datum)
        else:
            withheld.append((datum, reason))
    return Sifted(tuple(disclosed), tuple(withheld))


def why_withheld(person: str, datum: HeldDatum, scope: DemandScope) -> WithheldReason | None:
    """Return why `datum` of `person` stays, `None` where it is within `scope`."""
    if person not in scope.persons:
        return "person"
    if datum.category not in scope.categories:
        return "category"
    if not _within(datum.recorded_at, scope):
        return "date"
    if datum.field in OF_OTHERS:
        return "others"
    if datum.field in SECRETS:
        return "secret"
    return "erased" if datum.erased or datum.value is None else None


def counts(person: str, disclosed: Iterable[HeldDatum]) -> tuple[CategoryCount, ...]:
    """Return how many values of each category are disclosed of `person`."""
    found = Counter(datum.category for datum in disclosed)
    return tuple(
        CategoryCount(person=person, category=category, count=count)
        for category, count in sorted(found.items())
    )


def withheld_counts(
    person: str, withheld: Iterable[tuple[HeldDatum, WithheldReason]]
) -> tuple[WithheldCount, ...]:
    """Return how many values of each category stay of `person`, by reason."""
    found: Counter[tuple[Category, WithheldReason]] = Counter(
        (datum.category, reason) for datum, reason in withheld
    )
    return tuple(
        WithheldCount(person=person, category=category, reason=reason, count=count)
        for (category, reason), count in sorted(found.items())
    )


def _within(at: datetime, scope: DemandScope) -> bool:
    day = at.astimezone(PARIS).date()
    return (scope.since is None or day >= scope.since) and (
        scope.until is None or day <= scope.until
    )
