"""What ends of the agreements with a processor, and when that is told before (C6.1, C10.1)."""

from collections.abc import Iterator
from datetime import date
from typing import Final, Literal, NamedTuple

from shared.processors.adequacy import Adequacy
from shared.processors.model import Country, Guarantee, ProcessorTerms
from shared.processors.rules import EEA

EndKind = Literal["contract", "certificate", "guarantee"]
DaysAhead = Literal[60, 30, 7]
TOLD_AHEAD: Final[tuple[DaysAhead, ...]] = (7, 30, 60)
"""Days before an end on which the officer is written to, the nearest first."""


class End(NamedTuple):
    """A last day."""

    kind: EndKind
    reference: str
    """File number of what ends."""
    until: date


def ends(terms: ProcessorTerms, adequacy: Adequacy) -> Iterator[End]:
    """Yield the last day of everything that was agreed with a processor for a time.

    Of certificates of one kind the latest counts. A guarantee by adequacy ends with the decision,
    or with the certificate that it needs besides, whichever is first.
    """
    if terms.contract_until is not None:
        yield End("contract", terms.contract, terms.contract_until)
    for kind in sorted({one.kind for one in terms.certificates}):
        alike = (one for one in terms.certificates if one.kind == kind)
        last = max(alike, key=lambda one: one.valid_until)
        yield End("certificate", last.reference, last.valid_until)
    for country, guarantee in terms.places():
        if guarantee is not None and country not in EEA:
            until = _last_day(country, guarantee, adequacy)
            if until is not None:
                yield End("guarantee", guarantee.reference, until)


def days_ahead(until: date, day: date) -> DaysAhead | None:
    """Return which of the notices before `until` is due on `day`; `None` before and after all."""
    left = (until - day).days
    return None if left < 0 else next((one for one in TOLD_AHEAD if left <= one), None)


def _last_day(country: Country, guarantee: Guarantee, adequacy: Adequacy) -> date | None:
    own = guarantee.valid_until
    if guarantee.ground != "adequacy":
        return own
    decisions = [one.until for one in adequacy if one.country == country]
    dated = [until for until in decisions if until is not None]
    if not decisions or len(dated) < len(decisions):
        # A decision without an end holds until it is withdrawn.
        return own
    return max(dated) if own is None else min(own, max(dated))
