"""What the rules need to know of a support request."""

from dataclasses import dataclass

from shared.events.base import SubjectId


@dataclass(frozen=True, slots=True)
class SupportRequest:
    """A support request; `request_id` is empty while nothing has happened."""

    learner_id: SubjectId = SubjectId("")
    request_id: str = ""
    resolved: bool = False


NO_REQUEST = SupportRequest()
