"""What one person's decisions amount to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.consent.domain.events import Shown
from shared.events.consent import (
    Channel,
    ObjectionPurpose,
    PolicyAnswer,
    Purpose,
    RestrictedCategory,
)


@dataclass(frozen=True, slots=True)
class Decision:
    """The latest decision about one purpose or category."""

    holds: bool
    """Whether the consent is granted, the objection raised, or the restriction placed."""
    shown: Shown
    channel: Channel
    since: datetime


@dataclass(frozen=True, slots=True)
class AnswerGiven:
    """The latest answer to one version of the privacy policy."""

    answer: PolicyAnswer
    since: datetime


@dataclass(frozen=True, slots=True)
class ConsentState:
    """Decisions by purpose or category; a purpose without one is off (C9.2)."""

    consents: Mapping[Purpose, Decision] = field(default_factory=dict)
    objections: Mapping[ObjectionPurpose, Decision] = field(default_factory=dict)
    restrictions: Mapping[RestrictedCategory, Decision] = field(default_factory=dict)
    policy_answers: Mapping[str, AnswerGiven] = field(default_factory=dict)
    """By version of the privacy policy."""
    closed: bool = False

    def granted(self, purpose: Purpose) -> bool:
        """Whether the person agrees to `purpose` now."""
        decision = self.consents.get(purpose)
        return not self.closed and decision is not None and decision.holds

    def objects_to(self, purpose: ObjectionPurpose) -> bool:
        """Whether the person objects to `purpose` now."""
        decision = self.objections.get(purpose)
        return decision is not None and decision.holds

    def restricts(self, category: RestrictedCategory) -> bool:
        """Whether the person restricts `category` now."""
        decision = self.restrictions.get(category)
        return decision is not None and decision.holds
