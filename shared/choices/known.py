"""A local projection of everybody's decisions, small enough for memory and never trusted blindly.

It is folded from `consent.events` by each process for itself. Consent's pulse tells up to when all
decisions are on that topic; once this process has taken in as much, it knows what was decided up
to then. What it knows may not be older than a second where a use depends on it: then nobody knows
whether the person agrees, and the use is withheld.
"""

import asyncio
from typing import Final, Literal

from shared.choices.instant import instant
from shared.choices.uses import Use, token
from shared.consuming.envelope import Envelope
from shared.events.consent import (
    ConsentGranted,
    ConsentsEnded,
    ConsentWithdrawn,
    ObjectionLifted,
    ObjectionRaised,
    RestrictionLifted,
    RestrictionPlaced,
)
from shared.personal import Category

MAX_AGE_SECONDS: Final = 1.0
"""How old what is known may be where a use depends on it."""

NOTHING: Final[frozenset[str]] = frozenset()

Verdict = Literal["allowed", "refused", "unknown"]
"""Whether a use is allowed now; of `unknown`, nobody may make use."""


class Choices:
    """Who agrees, objects and restricts; asked in about a microsecond, without I/O."""

    def __init__(self, *, consents: bool = True) -> None:
        """Know objections and restrictions, and where `consents` is set who agrees to what."""
        self._consents = consents
        self._decided: dict[str, tuple[int, frozenset[str]]] = {}
        self._sets: dict[frozenset[str], frozenset[str]] = {NOTHING: NOTHING}
        self._as_of = 0.0
        self._news = asyncio.Event()
        self._unreadable = False

    @property
    def as_of(self) -> float:
        """Up to when everything is known, in seconds since the epoch."""
        return self._as_of

    @property
    def age_seconds(self) -> float:
        """How old what is known is."""
        return instant() - self._as_of

    @property
    def is_current(self) -> bool:
        """Whether what is known is young enough for a use to depend on it."""
        return not self._unreadable and self.age_seconds <= MAX_AGE_SECONDS

    def __len__(self) -> int:
        return len(self._decided)

    def verdict(self, subject: str, use: Use) -> Verdict:
        """Return whether `use` of `subject`'s data is allowed at this moment."""
        if self._unreadable or instant() - self._as_of > MAX_AGE_SECONDS:
            return "unknown"
        return self._standing(subject, use)

    def _standing(self, subject: str, use: Use) -> Verdict:
        found = self._decided.get(subject)
        standing = NOTHING if found is None else found[1]
        if use.needs is not None and use.needs not in standing:
            return "refused"
        return "allowed" if standing.isdisjoint(use.stopped_by) else "refused"

    async def awaited(self, subject: str, use: Use, seconds: float) -> Verdict:
        """Return the verdict on `use`, waiting at most `seconds` for it to become `allowed`.

        For what a person has just consented to elsewhere, and does here a moment later.
        """
        try:
            async with asyncio.timeout(seconds):
                while self.verdict(subject, use) != "allowed":
                    await self._news.wait()
        except TimeoutError:
            return self.verdict(subject, use)
        return "allowed"

    async def last_known(self, subject: str, use: Use, seconds: float) -> Verdict:
        """Return the verdict on `use` by what is known, however long ago.

        For what cannot wait, and where saying no is the exception. A process that has just started
        is given `seconds` to hear what was decided before; then it is `unknown`.
        """
        try:
            async with asyncio.timeout(seconds):
                while not self._as_of:
                    await self._news.wait()
        except TimeoutError:
            return "unknown"
        return "unknown" if self._unreadable else self._standing(subject, use)

    def holds(self, subject: str, choice: str) -> bool:
        """Whether `choice` of `subject` stands, as far as is known, however long ago."""
        found = self._decided.get(subject)
        return found is not None and choice in found[1]

    def restricts(self, subject: str, category: Category) -> bool:
        """Whether `subject` restricts `category`, as far as is known, however long ago.

        An outage of one service is no reason to keep staff from all work, so age does not matter.
        """
        return self.holds(subject, token("restriction", category))

    def hear(self, envelope: Envelope) -> None:
        """Take in a decision; one that is told again changes nothing."""
        match envelope.data:
            case ConsentGranted(purpose=purpose) if self._consents:
                self._change(envelope, add=token("consent", purpose))
            case ConsentWithdrawn(purpose=purpose) if self._consents:
                self._change(envelope, drop=token("consent", purpose))
            case ObjectionRaised(purpose=objected):
                self._change(envelope, add=token("objection", objected))
            case ObjectionLifted(purpose=objected):
                self._change(envelope, drop=token("objection", objected))
            case RestrictionPlaced(category=category):
                self._change(envelope, add=token("restriction", category))
            case RestrictionLifted(category=category):
                self._change(envelope, drop=token("restriction", category))
            case ConsentsEnded():
                # Every consent ends with the account; who said no has still said it.
                said = self._decided.get(envelope.subject, (0, NOTHING))[1]
                consents = {one for one in said if one.startswith("consent:")}
                self._change(envelope, drop=frozenset(consents))
            case _:
                return

    def confirm(self, as_of: float) -> None:
        """Note that every decision up to `as_of` (seconds since the epoch) has been taken in.

        A clock that runs ahead elsewhere makes nothing younger than now.
        """
        self._as_of = max(self._as_of, min(as_of, instant()))
        news, self._news = self._news, asyncio.Event()
        news.set()

    def give_up(self) -> None:
        """Note that a decision cannot be read here: it may be a withdrawal."""
        self._unreadable = True

    def _change(
        self,
        envelope: Envelope,
        *,
        add: str | None = None,
        drop: str | frozenset[str] | None = None,
    ) -> None:
        seen, standing = self._decided.get(envelope.subject, (0, NOTHING))
        if envelope.sequence <= seen:
            return
        gone = frozenset({drop}) if isinstance(drop, str) else drop or NOTHING
        changed = (standing | frozenset({add} if add else ())) - gone
        # Few different sets exist; each is kept once.
        self._decided[envelope.subject] = (
            envelope.sequence,
            self._sets.setdefault(changed, changed),
        )
