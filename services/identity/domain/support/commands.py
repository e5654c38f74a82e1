"""What can be asked of a support request."""

from dataclasses import dataclass

from shared.events.base import SubjectId
from shared.personal import Personal


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """Ask for support."""

    learner_id: SubjectId
    request_id: str
    message: Personal[str]


@dataclass(frozen=True, slots=True)
class ReplyToRequest:
    """Answer the learner."""

    staff_id: SubjectId
    message: Personal[str]
    author: Personal[str] | None
    """The name that the learner reads under the reply."""


@dataclass(frozen=True, slots=True)
class ResolveRequest:
    """Find the final resolution: the two years start (C2.7)."""


@dataclass(frozen=True, slots=True)
class ReopenRequest:
    """The resolution was not final: the two years stop."""


SupportCommand = OpenRequest | ReplyToRequest | ResolveRequest | ReopenRequest
