"""What a person can decide."""

from dataclasses import dataclass
from typing import Literal

from shared.events.base import SubjectId
from shared.events.consent import Channel, ObjectionPurpose, Purpose


@dataclass(frozen=True, slots=True)
class GiveConsent:
    """Agree to one purpose, having been shown one text (C9.2)."""

    learner_id: SubjectId
    purpose: Purpose
    text_version: str
    language: Literal["fr", "en"]
    channel: Channel


@dataclass(frozen=True, slots=True)
class WithdrawConsent:
    """Agree no longer."""

    learner_id: SubjectId
    purpose: Purpose
    channel: Channel


@dataclass(frozen=True, slots=True)
class RaiseObjection:
    """Object to a purpose that rests on another basis (C8.3)."""

    learner_id: SubjectId
    purpose: ObjectionPurpose


@dataclass(frozen=True, slots=True)
class LiftObjection:
    """Object no longer."""

    learner_id: SubjectId
    purpose: ObjectionPurpose


ConsentCommand = GiveConsent | WithdrawConsent | RaiseObjection | LiftObjection
