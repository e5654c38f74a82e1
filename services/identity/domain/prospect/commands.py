"""What can be asked about a prospect."""

from dataclasses import dataclass
from typing import Literal

from shared.events.base import SubjectId
from shared.personal import Personal


@dataclass(frozen=True, slots=True)
class GetInTouch:
    """Somebody without an account got in touch (C1.3); again is an interaction."""

    prospect_id: SubjectId
    name: Personal[str]
    email: Personal[str] | None
    context: Personal[str] | None
    language: Literal["fr", "en"]
    thread: str | None = None
    """Token of the request it is about."""


@dataclass(frozen=True, slots=True)
class ConvertProspect:
    """The prospect opened an account."""

    learner_id: SubjectId


ProspectCommand = GetInTouch | ConvertProspect
