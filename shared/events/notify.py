"""What the notify service tells others: that a message went out, never what it said."""

from typing import ClassVar, Literal

from shared.events.base import Identifier, PublicEvent, SubjectId
from shared.events.consent import Purpose

MessageKind = Literal[
    "confirmation",
    "guardian_agreement",
    "guardian_reminder",
    "guardian_agreed",
    "guardian_answer",
    "account_blocked",
    "minority_over",
    "welcome",
    "reminder",
    "progress",
    "suggestion",
    "certification",
    "dispute_settled",
    "newsletter",
    "event_invitation",
    "deletion_notice",
    "hold_notice",
    "hold_review",
    "incident_notice",
    "incident_deadline",
    "policy_notice",
    "erasure_certificate",
    "prospect_reply",
    "support_reply",
    "support_answer",
    "password_recovery",
    "password_changed",
    "email_change",
    "email_change_notice",
    "email_changed",
    "authenticators_changed",
    "sessions_ended",
    "factor_return",
    "factor_return_notice",
    "training_due",
    "training_missed",
    "penetration_test_due",
    "rights_case_due",
    "processor_ends",
    "demand_due",
    "disclosure_notice",
    "finding_overdue",
    "digest",
    "sign_in_notice",
    "anomaly_alarm",
    "break_glass_alarm",
    "break_glass_review",
    "session_invitation",
    "session_cancellation",
]

Withheld = Literal[
    "no_consent",
    "objected",
    "restricted",
    "erased",
    "blocked",
    "no_address",
    "sent_before",
    "bounced",
    "complained",
    "digested",
    "superseded",
]
"""Why a message was not sent."""


ToldBy = Literal["telephone", "post"]
"""How staff tell somebody whom no mail reaches."""


class NotifyEvent(PublicEvent):
    """Published on `notify.events`."""

    SERVICE: ClassVar[str] = "notify"


class MessageSent(NotifyEvent):
    """The e-mail provider accepted a message for the person."""

    subject_id: SubjectId
    message_id: Identifier
    kind: MessageKind


class NoticePosted(NotifyEvent):
    """What a message says is shown in the portal from now on, whatever becomes of its mail."""

    subject_id: SubjectId
    message_id: Identifier
    kind: MessageKind


class NoticeRead(NotifyEvent):
    """The person marked a notice in the portal as read, on whichever device."""

    subject_id: SubjectId
    message_id: Identifier


class MessageSetAside(NotifyEvent):
    """A restore may have lost that the message was sent: it waits for an operator."""

    subject_id: SubjectId
    message_id: Identifier


class MessageReleased(NotifyEvent):
    """An operator let a message go that was set aside."""

    subject_id: SubjectId
    message_id: Identifier


class MessageSuppressed(NotifyEvent):
    """A message was due but had no valid basis at the moment of sending."""

    subject_id: SubjectId
    message_id: Identifier
    kind: MessageKind
    reason: Withheld


class MessageBounced(NotifyEvent):
    """A message that had been accepted did not reach the person (RFC 3464)."""

    subject_id: SubjectId
    message_id: Identifier
    kind: MessageKind
    status: Identifier
    """RFC 3463, such as 5.1.1."""
    hard: bool
    """Whether the address itself is bad, so that nothing but the necessary is sent there."""


class MessageGivenUp(NotifyEvent):
    """A message was refused for good, or too often: the person did not get it."""

    subject_id: SubjectId
    message_id: Identifier
    kind: MessageKind


class MessageComplained(NotifyEvent):
    """The person called a message unwanted in their mail program (RFC 5965)."""

    subject_id: SubjectId
    message_id: Identifier
    kind: MessageKind
    purpose: Purpose | None = None
    """Which consent the message rested on; none where it rested on no consent."""


class MessageRepeated(NotifyEvent):
    """What a message said is sent once more, as another message, to an address that is new."""

    subject_id: SubjectId
    message_id: Identifier
    kind: MessageKind
    repeat_id: Identifier


class MessageToldByStaff(NotifyEvent):
    """Staff told the person in another way what a message says that did not reach them."""

    subject_id: SubjectId
    message_id: Identifier
    kind: MessageKind
    channel: ToldBy
    told_by: Identifier
