"""What can be asked about one person's consents: always one purpose at a time (C9.2)."""

from dataclasses import dataclass
from datetime import datetime

from services.consent.domain.events import Gesture, Place, Shown
from shared.events.base import SubjectId
from shared.events.consent import Channel, ObjectionPurpose, Purpose, RestrictedCategory
from shared.personal import Personal


@dataclass(frozen=True, slots=True)
class GiveConsent:
    """Agree to one purpose, having been shown one text."""

    learner_id: SubjectId
    purpose: Purpose
    shown: Shown
    channel: Channel
    at: datetime
    place: Place | None = None
    gesture: Gesture | None = None


@dataclass(frozen=True, slots=True)
class WithdrawConsent:
    """Withdraw the agreement to one purpose."""

    learner_id: SubjectId
    purpose: Purpose
    shown: Shown
    channel: Channel
    at: datetime
    place: Place | None = None
    gesture: Gesture | None = None


@dataclass(frozen=True, slots=True)
class RaiseObjection:
    """Object to one purpose, its consequences having been explained (C8.3)."""

    learner_id: SubjectId
    purpose: ObjectionPurpose
    shown: Shown
    channel: Channel
    at: datetime
    place: Place | None = None
    gesture: Gesture | None = None
    explained: Personal[str] | None = None


@dataclass(frozen=True, slots=True)
class LiftObjection:
    """Object no longer."""

    learner_id: SubjectId
    purpose: ObjectionPurpose
    shown: Shown
    channel: Channel
    at: datetime
    place: Place | None = None
    gesture: Gesture | None = None


@dataclass(frozen=True, slots=True)
class PlaceRestriction:
    """Restrict a category, the consequences having been explained (C8.3, GDPR art. 18)."""

    learner_id: SubjectId
    category: RestrictedCategory
    shown: Shown
    channel: Channel
    at: datetime
    place: Place | None = None
    gesture: Gesture | None = None
    explained: Personal[str] | None = None


@dataclass(frozen=True, slots=True)
class LiftRestriction:
    """Restrict it no longer."""

    learner_id: SubjectId
    category: RestrictedCategory
    shown: Shown
    channel: Channel
    at: datetime
    place: Place | None = None
    gesture: Gesture | None = None


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
ConsentCommand = Decide | CloseConsents
