"""What happened in a rights case, as this service stores it; what is said is the exchange's.

A case is named like the support exchange that it is about: words, answers and files stand there,
sealed under its key, and go with it (C2.7). Nothing here is a personal value.
"""

from datetime import datetime

from shared.events.base import DomainEvent, Identifier, SubjectId
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


class RightsCaseOpened(DomainEvent):
    """A person exercised a right or complained; the term runs from the receipt."""

    subject_id: SubjectId
    case_id: Identifier
    kind: RightsKind
    channel: SupportChannel
    received_at: datetime
    acknowledge_by: datetime
    due_at: datetime
    has_account: bool
    extended: ExtensionReason | None = None
    """Why the term was longer already where the case comes from."""
    act: RightsAct | None = None
    """What the person did themselves: there is no exchange then."""
    file_alone: bool = False
    """Whether the access file answers all of it, so that nobody has to read what was asked."""


class IdentityConfirmed(DomainEvent):
    """The person showed who they are."""

    subject_id: SubjectId
    case_id: Identifier
    how: IdentityCheck


class RightsCaseAcknowledged(DomainEvent):
    """The person was told that the request has arrived, by when it is answered, and what else."""

    subject_id: SubjectId
    case_id: Identifier


class ConfirmationSentAgain(DomainEvent):
    """The link by which the person shows that they ask was sent once more."""

    subject_id: SubjectId
    case_id: Identifier
    sent_at: datetime


class RightsCaseRecipientsNamed(DomainEvent):
    """Who had received the data, and how each learns of the change (GDPR art. 19)."""

    subject_id: SubjectId
    case_id: Identifier
    recipients: tuple[Recipient, ...]


class RightsCaseRecipientTold(DomainEvent):
    """Staff have told a recipient."""

    subject_id: SubjectId
    case_id: Identifier
    recipient: Identifier
    told_by: Identifier


class RightsCaseUndone(DomainEvent):
    """The person took back what they had done themselves."""

    subject_id: SubjectId
    case_id: Identifier


class RightsCaseForgotten(DomainEvent):
    """The account is gone, and with it whose case it was."""

    subject_id: SubjectId
    case_id: Identifier


class RightsCaseAssigned(DomainEvent):
    """Somebody of staff takes care of the case, or nobody any more."""

    subject_id: SubjectId
    case_id: Identifier
    assignee: Identifier | None


class RightsCaseExtended(DomainEvent):
    """The term is two months longer, and the person has been told why."""

    subject_id: SubjectId
    case_id: Identifier
    reason: ExtensionReason
    due_at: datetime


class RightsCaseReminded(DomainEvent):
    """Part of the term is over, or all of it: whoever takes care is reminded."""

    subject_id: SubjectId
    case_id: Identifier
    stage: ReminderStage
    assignee: Identifier | None
    """Who is reminded; the data protection officer where nobody takes care, or it is too late."""
    due_at: datetime


class RightsCaseClosed(DomainEvent):
    """The case is over."""

    subject_id: SubjectId
    case_id: Identifier
    outcome: RightsOutcome
    in_time: bool
    """Whether it ended within its term."""


RightsCaseEvent = (
    RightsCaseOpened
    | IdentityConfirmed
    | RightsCaseAcknowledged
    | RightsCaseAssigned
    | RightsCaseExtended
    | RightsCaseReminded
    | RightsCaseClosed
    | ConfirmationSentAgain
    | RightsCaseUndone
    | RightsCaseForgotten
    | RightsCaseRecipientsNamed
    | RightsCaseRecipientTold
)
