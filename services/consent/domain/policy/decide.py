"""The rules of publishing a version of the policy (C12.1, C12.2)."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from services.consent.domain.errors import EffectTooEarlyError, PolicyReplacedError
from services.consent.domain.policy.commands import PublishPolicy
from services.consent.domain.policy.events import Digests, PolicyPublished
from services.consent.domain.policy.state import PolicyState

PARIS: Final = ZoneInfo("Europe/Paris")
NOTICE: Final = timedelta(days=30)
"""How long before its effect everybody has been told of a substantial change (C12.1)."""
SENDING: Final = timedelta(days=1)
"""What telling everybody may take: the last one told still has the whole notice."""


def decide(command: PublishPolicy, state: PolicyState) -> Sequence[PolicyPublished]:
    """Return the publication that `command` leads to.

    Raises:
        UnknownPolicyError: there is no such version.
        PolicyReplacedError: it was published before, or one that replaces it was.
        EffectTooEarlyError: everybody cannot have been told in time, or another holds until later.
    """
    text, place = command.policies.text(command.version), command.policies.place(command.version)
    latest = state.published[-1] if state.published else None
    if place <= (command.policies.place(latest.version) if latest else 0):
        raise PolicyReplacedError
    effective_at = _effect(command, state)
    return [
        PolicyPublished(
            version=command.version,
            substantial=command.substantial,
            effective_at=effective_at,
            summary=text.news,
            digests=Digests(fr=text.digest("fr"), en=text.digest("en")),
            published_by=command.by,
            published_at=command.at,
        )
    ]


def earliest_effect(*, substantial: bool, at: datetime, state: PolicyState) -> date:
    """Return the first day, in France, on which what is published `at` may take effect."""
    soonest = at + NOTICE + SENDING if substantial else at
    day = soonest.astimezone(PARIS).date()
    if substantial and midnight(day) < soonest:
        day += timedelta(days=1)
    # A version never takes effect before one that it replaces.
    before = [one.effective_at.astimezone(PARIS).date() for one in state.published]
    return max([day, *before])


def midnight(day: date) -> datetime:
    """Return the instant at which `day` begins in France."""
    return datetime.combine(day, time(), PARIS)


def _effect(command: PublishPolicy, state: PolicyState) -> datetime:
    earliest = earliest_effect(substantial=command.substantial, at=command.at, state=state)
    day = command.effective_on or earliest
    if day < earliest:
        raise EffectTooEarlyError(earliest)
    latest = [one.effective_at for one in state.published]
    # Of today what is left: nothing takes effect before it was published.
    return max([midnight(day).astimezone(command.at.tzinfo), command.at, *latest])
