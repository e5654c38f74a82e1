"""What can be asked about one person's consents: always one purpose at a time (C9.2)."""

from dataclasses import dataclass
from datetime import datetime

from services.consent.domain.events import Shown
from shared.events.base import SubjectId
from shared.events.consent import Channel, ObjectionPurpose, Purpose


@dataclass(frozen=True, slots=True)
class GiveConsent:
    """Agree to one purpose, having been shown one text."""

    learner_id: SubjectId
    purpose: Purpose
    shown: Shown
    channel: Channel
    at: datetime


@dataclass(frozen=True, slots=True)
class WithdrawConsent:
    """Withdraw the agreement to one purpose."""

    learner_id: SubjectId
    purpose: Purpose
    shown: Shown
    channel: Channel
    at: datetime


@dataclass(frozen=True, slots=True)
class RaiseObjection:
    """Object to one purpose, its consequences having been explained (C8.3)."""

    learner_id: SubjectId
    purpose: ObjectionPurpose
    shown: Shown
    channel: Channel
    at: datetime


@dataclass(frozen=True, slots=True)
class LiftObjection:
    """Object no longer."""

    learner_id: SubjectId
    purpose: ObjectionPurpose
    shown: Shown
    channel: Channel
    at: datetime


@dataclass(frozen=True, slots=True)
class CloseConsents:
    """The person's account is being erased: no decision is taken any more (C8.4)."""

    learner_id: SubjectId
    at: datetime


ConsentCommand = GiveConsent | WithdrawConsent | RaiseObjection | LiftObjection | CloseConsents
