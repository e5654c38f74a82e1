"""What can be asked about one person's consents: always one purpose at a time (C9.2)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from services.consent.domain.events import Gesture, Place, Shown
from shared.events.base import SubjectId
from shared.events.consent import (
    Channel,
    ObjectionPurpose,
    PolicyAnswer,
    Purpose,
    RestrictedCategory,
)
from shared.personal import Personal

P = TypeVar("P", Purpose, ObjectionPurpose)


@dataclass(frozen=True, slots=True)
class _AboutPurpose(Generic[P]):
    """Who decides about which purpose, and the circumstances: the proof of the decision."""

    learner_id: SubjectId
    purpose: P
    shown: Shown
    channel: Channel
    at: datetime
    place: Place | None = None
    gesture: Gesture | None = None


@dataclass(frozen=True, slots=True)
class _AboutCategory:
    """Who decides about which category, and the circumstances: the proof of the decision."""

    learner_id: SubjectId
    category: RestrictedCategory
    shown: Shown
    channel: Channel
    at: datetime
    place: Place | None = None
    gesture: Gesture | None = None


@dataclass(frozen=True, slots=True)
class GiveConsent(_AboutPurpose[Purpose]):
    """Agree to one purpose, having been shown one text."""


@dataclass(frozen=True, slots=True)
class WithdrawConsent(_AboutPurpose[Purpose]):
    """Withdraw the agreement to one purpose."""


@dataclass(frozen=True, slots=True)
class TakeComplaint:
    """Withdraw the agreement behind a message that the person called unwanted (RFC 5965)."""

    learner_id: SubjectId
    purpose: Purpose
    at: datetime
    """When the complaint reached us."""


@dataclass(frozen=True, slots=True)
class RaiseObjection(_AboutPurpose[ObjectionPurpose]):
    """Object to one purpose, its consequences having been explained (C8.3)."""

    explained: Personal[str] | None = None


@dataclass(frozen=True, slots=True)
class LiftObjection(_AboutPurpose[ObjectionPurpose]):
    """Object no longer."""


@dataclass(frozen=True, slots=True)
class PlaceRestriction(_AboutCategory):
    """Restrict a category, the consequences having been explained (C8.3, GDPR art. 18)."""

    explained: Personal[str] | None = None


@dataclass(frozen=True, slots=True)
class LiftRestriction(_AboutCategory):
    """Restrict it no longer."""


@dataclass(frozen=True, slots=True)
class AnswerPolicy:
    """Accept or refuse a version of the privacy policy that was announced (C12.1)."""

    learner_id: SubjectId
    version: str
    answer: PolicyAnswer
    shown: Shown
    at: datetime


@dataclass(frozen=True, slots=True)
class CloseConsents:
    """The person's account is being erased: no decision is taken any more (C8.4)."""

    learner_id: SubjectId
    at: datetime


Decide = (
    GiveConsent
    | WithdrawConsent
    | RaiseObjection
    | LiftObjection
    | PlaceRestriction
    | LiftRestriction
)
ConsentCommand = Decide | TakeComplaint | AnswerPolicy | CloseConsents
