"""What can be asked of a rights case."""

from dataclasses import dataclass
from datetime import datetime

from shared.events.base import SubjectId
from shared.events.rights_cases import (
    ExtensionReason,
    IdentityCheck,
    Recipient,
    RightsAct,
    RightsKind,
    RightsOutcome,
)
from shared.events.support import SupportChannel


@dataclass(frozen=True, slots=True)
class OpenRightsCase:
    """Exercise a right, or complain."""

    subject_id: SubjectId
    case_id: str
    """Id of the exchange that it is about."""
    kind: RightsKind
    channel: SupportChannel
    received_at: datetime
    has_account: bool = True
    identity: IdentityCheck | None = None
    """How the person has shown who they are already."""
    due_at: datetime | None = None
    """The end of a term that began to run elsewhere."""
    extended: ExtensionReason | None = None
    """Why that term is longer already."""
    file_alone: bool = False
    """Whether nothing but the file of everything held was asked for, in no words of one's own."""


@dataclass(frozen=True, slots=True)
class RecordAct:
    """Record a right that the person exercised themselves in the portal."""

    subject_id: SubjectId
    case_id: str
    kind: RightsKind
    act: RightsAct
    at: datetime
    done: bool
    """Whether it was over with the act; else `SettleAct` follows."""


@dataclass(frozen=True, slots=True)
class SettleAct:
    """End what the person began themselves, as it came out elsewhere."""

    outcome: RightsOutcome
    at: datetime


@dataclass(frozen=True, slots=True)
class UndoAct:
    """Record that the person took back what they had done."""


@dataclass(frozen=True, slots=True)
class NameRecipients:
    """Record who had received the data, and how each learns of the change."""

    recipients: tuple[Recipient, ...]


@dataclass(frozen=True, slots=True)
class TellRecipient:
    """Record that staff have told a recipient."""

    recipient: str
    told_by: str


@dataclass(frozen=True, slots=True)
class ForgetCase:
    """Let go of whose case it was, since the account is gone."""


@dataclass(frozen=True, slots=True)
class ConfirmIdentity:
    """Show that it is oneself who asks."""

    how: IdentityCheck


@dataclass(frozen=True, slots=True)
class SendConfirmationAgain:
    """Send the link by which the person shows that they ask once more."""

    at: datetime


@dataclass(frozen=True, slots=True)
class AcknowledgeRightsCase:
    """Record that the person has been told of the receipt."""


@dataclass(frozen=True, slots=True)
class AssignRightsCase:
    """Have somebody of staff take care of it, or nobody."""

    assignee: str | None


@dataclass(frozen=True, slots=True)
class ExtendTerm:
    """Take two months more, of which the person is told with the reason."""

    reason: ExtensionReason
    at: datetime


@dataclass(frozen=True, slots=True)
class CloseRightsCase:
    """End it with what it came to."""

    outcome: RightsOutcome
    at: datetime


@dataclass(frozen=True, slots=True)
class FollowRightsCase:
    """Let time do its part: remind of it, once at each stage."""

    at: datetime


RightsCaseCommand = (
    OpenRightsCase
    | ConfirmIdentity
    | AcknowledgeRightsCase
    | AssignRightsCase
    | ExtendTerm
    | CloseRightsCase
    | FollowRightsCase
    | SendConfirmationAgain
    | RecordAct
    | SettleAct
    | UndoAct
    | ForgetCase
    | NameRecipients
    | TellRecipient
)
