"""What each kind of message is: its class decides basis, priority, and when it may disturb."""

from dataclasses import dataclass
from typing import Final, Literal, assert_never, get_args

from shared.events.consent import Purpose
from shared.events.notify import MessageKind

MessageClass = Literal["security", "transactional", "legal", "teaching", "marketing"]


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for every message of a class."""

    priority: int
    """Who goes first where several wait: the smallest."""
    may_wait: bool
    """Whether it keeps quiet hours, and goes with others rather than after them."""
    repeated: bool
    """Whether it is sent again when nobody knows if it arrived: rather twice than never."""
    at_any_address: bool
    """Whether it goes to an address, too, that bounced or whose owner complained."""


RULES: Final[dict[MessageClass, Rules]] = {
    # Security of the account (C9.3; GDPR art. 32).
    "security": Rules(0, may_wait=False, repeated=True, at_any_address=True),
    # Contract, or what somebody has just asked for (C9.1).
    "transactional": Rules(1, may_wait=False, repeated=True, at_any_address=False),
    # What somebody has to be told, staff of their duties, too (C9.4, C7.7): nobody can refuse it.
    "legal": Rules(2, may_wait=False, repeated=True, at_any_address=True),
    # Contract, while the account is used (C5.1).
    "teaching": Rules(3, may_wait=True, repeated=False, at_any_address=False),
    # Consent (C9.2).
    "marketing": Rules(4, may_wait=True, repeated=False, at_any_address=False),
}

_PURPOSES: Final[dict[str, Purpose]] = {purpose: purpose for purpose in get_args(Purpose)}

PROVES_ADDRESS: Final = frozenset({"confirmation", "email_change"})
"""What somebody asks for to prove an address: the way off the suppression list."""


def class_of(kind: MessageKind) -> MessageClass:
    """Return the class of `kind`; a kind without one does not pass the type checker."""
    match kind:
        case (
            "password_recovery"
            | "password_changed"
            | "email_change"
            | "email_change_notice"
            | "email_changed"
            | "authenticators_changed"
            | "sign_in_notice"
            | "sessions_ended"
            | "factor_return"
            | "factor_return_notice"
        ):
            return "security"
        case (
            "confirmation"
            | "welcome"
            | "certification"
            | "prospect_reply"
            | "support_reply"
            | "support_answer"
            | "session_invitation"
            | "session_cancellation"
        ):
            return "transactional"
        case (
            "guardian_agreement"
            | "guardian_reminder"
            | "guardian_agreed"
            | "guardian_answer"
            | "account_blocked"
            | "minority_over"
            | "deletion_notice"
            | "hold_notice"
            | "incident_notice"
            | "policy_notice"
            | "erasure_certificate"
            | "hold_review"
            | "incident_deadline"
            | "training_due"
            | "training_missed"
            | "penetration_test_due"
            | "rights_case_due"
            | "processor_ends"
            | "demand_due"
            | "disclosure_notice"
            | "dispute_settled"
            | "finding_overdue"
            | "anomaly_alarm"
            | "break_glass_alarm"
            | "break_glass_review"
        ):
            return "legal"
        case "reminder" | "digest" | "progress" | "suggestion":
            return "teaching"
        case "newsletter" | "event_invitation":
            return "marketing"
        case _:
            assert_never(kind)


def purpose_of(kind: MessageKind, topic: str | None) -> Purpose | None:
    """Return the consent that a message rests on; `None` where it rests on none (C9.2).

    `topic` tells the newsletters apart; the first one had none.
    """
    match kind:
        case "newsletter":
            return _PURPOSES.get(topic or "newsletter")
        case "event_invitation":
            return "events"
        case _:
            return None


def rules_of(kind: MessageKind) -> Rules:
    """Return what holds for messages of `kind`."""
    return RULES[class_of(kind)]
