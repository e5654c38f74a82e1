"""Addresses that are not written to for a time: why, until when, and what ends it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

Reason = Literal["bounced", "complained"]
Hardness = Literal["hard", "soft", "not_address"]

KEPT: Final = timedelta(days=365)
"""For how long an address stays on the list; a new refusal starts it anew."""
SOFT_LIMIT: Final = 4
"""Refusals for a time after which an address is left alone."""
SOFT_WITHIN: Final = timedelta(days=30)
SOFT_PAUSE: Final = timedelta(days=7)

_BAD_ADDRESS: Final = frozenset({"0", "1", "2", "3", "6", "10"})
"""X.1.x of RFC 3463: no such mailbox, no such system, bad syntax, moved, null MX."""
_DISABLED: Final = frozenset({"0", "1"})
"""X.2.x: the mailbox itself, or disabled; not full, not this one message."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """What is known against one address."""

    reason: Reason | None = None
    until: datetime | None = None
    """When the entry ends by itself."""
    soft: int = 0
    """Refusals for a time since `soft_since`."""
    soft_since: datetime | None = None

    def holds(self, at: datetime) -> Reason | None:
        """Return why nothing goes there at `at`."""
        return self.reason if self.until is not None and at < self.until else None


def hardness(status: str) -> Hardness:
    """Return what a status code (RFC 3463) says of the address.

    A policy, a full mailbox or a broken route says nothing against it for good.
    """
    category, _, rest = status.partition(".")
    subject, _, detail = rest.partition(".")
    if category not in ("4", "5"):
        return "not_address"
    if category == "5" and (
        (subject == "1" and detail in _BAD_ADDRESS) or (subject == "2" and detail in _DISABLED)
    ):
        return "hard"
    return "soft" if subject in ("1", "2", "3", "4") else "not_address"


def after_bounce(known: Suppression, found: Hardness, at: datetime) -> Suppression:
    """Return what is known of an address after a refusal."""
    match found:
        case "hard":
            return replace(known, reason=known.reason or "bounced", until=at + KEPT)
        case "soft":
            recent = known.soft_since is not None and at - known.soft_since < SOFT_WITHIN
            since = known.soft_since if recent else at
            soft = known.soft + 1 if recent else 1
            counted = replace(known, soft=soft, soft_since=since)
            if soft < SOFT_LIMIT or known.holds(at):
                return counted
            return replace(counted, reason="bounced", until=at + SOFT_PAUSE, soft=0)
        case "not_address":
            return known


def after_complaint(known: Suppression, at: datetime) -> Suppression:
    """Return what is known of an address whose owner called a message unwanted."""
    return replace(known, reason="complained", until=at + KEPT)


def ends(known: Suppression) -> datetime | None:
    """Return when the entry is forgotten: what is counted, too, has a clock."""
    counted = known.soft_since + SOFT_WITHIN if known.soft_since is not None else None
    return max((end for end in (known.until, counted) if end is not None), default=None)
