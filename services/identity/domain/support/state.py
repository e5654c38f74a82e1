"""What the rules need to know of a support request."""

from dataclasses import dataclass

from services.identity.domain.nobody import NOBODY
from shared.events.base import SubjectId


@dataclass(frozen=True, slots=True)
class SupportRequest:
    """A support request; `request_id` is empty while nothing has happened."""

    learner_id: SubjectId = NOBODY
    request_id: str = ""
    resolved: bool = False


NO_REQUEST = SupportRequest()
