"""What the rules need to know of a rights case."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from services.identity.domain.nobody import NOBODY
from shared.events.base import SubjectId
from shared.events.rights_cases import (
    ExtensionReason,
    IdentityCheck,
    Recipient,
    ReminderStage,
    RightsAct,
    RightsKind,
    RightsOutcome,
)
from shared.events.support import SupportChannel

NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RightsCase:
    """A rights case; `case_id` is empty while nothing has happened."""

    subject_id: SubjectId = NOBODY
    case_id: str = ""
    kind: RightsKind = "access"
    channel: SupportChannel = "portal"
    has_account: bool = True
    received_at: datetime = NEVER
    due_at: datetime = NEVER
    identity: IdentityCheck | None = None
    acknowledged: bool = False
    assignee: str | None = None
    extended: ExtensionReason | None = None
    reminded: ReminderStage | None = None
    """The latest stage of the present term that staff were reminded at."""
    outcome: RightsOutcome | None = None
    act: RightsAct | None = None
    """What the person did themselves; there is an exchange where it is `None`."""
    undone: bool = False
    recipients: tuple[Recipient, ...] | None = None
    """Who had received the data; `None` while nobody has asked."""
    told: frozenset[str] = frozenset()
    """Recipients whom staff have told."""
    forgotten: bool = False
    resent: tuple[datetime, ...] = ()
    """When the link that confirms was sent again."""
    file_alone: bool = False

    @property
    def closed(self) -> bool:
        """Whether it is over."""
        return self.outcome is not None


NO_CASE: Final = RightsCase()
