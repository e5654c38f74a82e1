"""On what basis each kind of message is sent, checked at the moment of sending."""

from typing import Final, assert_never

from services.notify.domain.events import SuppressionReason
from services.notify.domain.recipient import Recipient
from services.notify.domain.state import MessageState
from shared.events.notify import MessageKind
from shared.personal import Personal

WHILE_READABLE: Final = frozenset({"erasure_certificate", "hold_notice", "incident_notice"})
"""What a person whose erasure is ordered is still owed, as long as the address can be read."""

TO_GUARDIANS: Final = frozenset({"guardian_agreement", "guardian_reminder", "guardian_agreed"})
"""What goes to a minor's legal guardian (C11.1)."""


def address_of(message: MessageState, recipient: Recipient) -> Personal[str] | None:
    """Return where `message` goes: to the guardian where one is asked, else to the person.

    Letters about a change of address go to the address that they are about.
    """
    if message.kind in TO_GUARDIANS:
        return message.guardian_email
    return message.address or recipient.email


def why_not(message: MessageState, recipient: Recipient | None) -> SuppressionReason | None:
    """Return why `message` may not be sent now, or `None` when it may."""
    if recipient is None:
        return "no_address"
    if recipient.erased and message.kind not in WHILE_READABLE:
        return "erased"
    address = address_of(message, recipient)
    carried = (address, message.token, message.text)
    if any(value is not None and value.is_erased for value in carried):
        return "erased"
    if address is None:
        return "no_address"
    return _without_basis(message.kind, recipient)


def _without_basis(kind: MessageKind, recipient: Recipient) -> SuppressionReason | None:
    match kind:
        case "newsletter":
            # Consent (C9.2), from an account in use whose address is proven.
            if "newsletter" not in recipient.consents:
                return "no_consent"
            return None if _in_use(recipient) and recipient.confirmed else "blocked"
        case "reminder":
            # Contract (C5.1, C9.1), while the profile is active (C2.5).
            return None if _in_use(recipient) else "blocked"
        case "welcome" | "certification" | "support_reply":
            # Contract (C9.1).
            return "blocked" if recipient.blocked else None
        case (
            "confirmation"
            | "guardian_agreement"
            | "guardian_reminder"
            | "guardian_agreed"
            | "guardian_answer"
            | "account_blocked"
            | "minority_over"
            | "deletion_notice"
            | "hold_notice"
            | "incident_notice"
            | "erasure_certificate"
            | "prospect_reply"
            | "support_answer"
        ):
            # What the person has to be told, or asked for just now.
            return None
        case (
            "password_recovery"
            | "password_changed"
            | "email_change"
            | "email_change_notice"
            | "email_changed"
            | "authenticators_changed"
            | "training_due"
            | "training_missed"
        ):
            # Security of the account, and what staff owe for it (C9.3, C7.7; GDPR art. 32): no
            # choice of the person's stops it.
            return None
        case "hold_review" | "incident_deadline" | "penetration_test_due" | "finding_overdue":
            # The controller's own duty, told to its own mailbox.
            return None
        case _:
            assert_never(kind)


def _in_use(recipient: Recipient) -> bool:
    return not (recipient.blocked or recipient.closed or recipient.archived)
