"""What can be asked about a prospect."""

from dataclasses import dataclass
from typing import Literal

from shared.events.base import SubjectId
from shared.personal import Personal


@dataclass(frozen=True, slots=True)
class WriteToUs:
    """Somebody wrote through the contact form (C1.3); a second message is an interaction."""

    prospect_id: SubjectId
    name: Personal[str]
    email: Personal[str]
    message: Personal[str]
    context: Personal[str] | None
    language: Literal["fr", "en"]


@dataclass(frozen=True, slots=True)
class RecordInteraction:
    """Staff exchanged with the prospect: the three years start anew (C2.9)."""


@dataclass(frozen=True, slots=True)
class ConvertProspect:
    """The prospect opened an account."""

    learner_id: SubjectId


ProspectCommand = WriteToUs | RecordInteraction | ConvertProspect
