"""What the rules need to know of a support request."""

from dataclasses import dataclass

from services.identity.domain.nobody import NOBODY
from shared.events.base import SubjectId
from shared.events.support import SupportQueue
from shared.personal import Personal


@dataclass(frozen=True, slots=True)
class SupportRequest:
    """A support request; `request_id` is empty while nothing has happened."""

    subject_id: SubjectId = NOBODY
    request_id: str = ""
    queue: SupportQueue = "support"
    has_account: bool = True
    title: Personal[str] | None = None
    last_mail: Personal[str] | None = None
    """Message-ID of the last mail of the person."""
    assignee: str | None = None
    unanswered: bool = False
    """Whether the person waits for an answer."""
    resolved: bool = False


NO_REQUEST = SupportRequest()
