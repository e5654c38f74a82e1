"""What a message's history amounts to."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from services.notify.domain.events import Details, SuppressionReason, WaitingFor
from shared.events.base import SubjectId
from shared.events.notify import MessageKind
from shared.personal import Personal

Status = Literal["none", "queued", "sent", "suppressed", "failed", "aside", "bounced"]

NOBODY: Final = SubjectId("")
OPEN: Final = frozenset({"queued"})


@dataclass(frozen=True, slots=True)
class MessageState:
    """One message; the default is one that does not exist."""

    status: Status = "none"
    message_id: str = ""
    subject_id: SubjectId = NOBODY
    kind: MessageKind = "welcome"
    details: Details = field(default_factory=Details)
    token: Personal[str] | None = None
    guardian_email: Personal[str] | None = None
    address: Personal[str] | None = None
    text: Personal[str] | None = None
    """What support answers, where the message says it."""
    title: Personal[str] | None = None
    answers: Personal[str] | None = None
    """Message-ID of the mail that is answered."""
    under_way: bool = False
    """Whether an attempt was begun of which nothing has been heard yet."""
    attempts: int = 0
    """Attempts started so far."""
    changed_at: datetime | None = None
    try_again_at: datetime | None = None
    reason: SuppressionReason | None = None
    waiting_for: WaitingFor | None = None
    posted_at: datetime | None = None
    """Since when it is a notice in the portal, where that did not wait for its mail."""
    settled_at: datetime | None = None
    """When it was first known what became of it."""
    read_at: datetime | None = None
    """When the person marked its notice as read."""
    complained: bool = False
    """Whether the person called it unwanted."""
    repeated_as: str | None = None
    """The latest message that says the same once more."""
    told_by_staff: bool = False
    """Whether staff told the person in another way."""

    @property
    def is_unsettled(self) -> bool:
        """Whether it may still be sent, by itself or when it is released."""
        return self.is_open or self.status == "aside"

    @property
    def is_open(self) -> bool:
        """Whether it is still to be sent."""
        return self.status in OPEN
