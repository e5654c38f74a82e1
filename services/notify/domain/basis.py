"""On what basis each kind of message is sent, checked at the moment of sending."""

from typing import Final, assert_never

from services.notify.domain.events import SuppressionReason
from services.notify.domain.kinds import PROVES_ADDRESS, class_of, purpose_of, rules_of
from services.notify.domain.recipient import Recipient
from services.notify.domain.state import MessageState
from services.notify.domain.suppression import Reason
from shared.events.consent import Purpose
from shared.events.notify import MessageKind
from shared.personal import Personal

WHILE_READABLE: Final = frozenset(
    {
        "erasure_certificate",
        "hold_notice",
        "incident_notice",
        "disclosure_notice",
        "session_cancellation",
    }
)
"""What a person whose erasure is ordered is still owed, as long as the address can be read."""

ASKED_FOR: Final = frozenset({"confirmation", "prospect_reply", "support_answer"})
"""What somebody has asked for just now, whatever state an account is in."""

TO_GUARDIANS: Final = frozenset({"guardian_agreement", "guardian_reminder", "guardian_agreed"})
"""What goes to a minor's legal guardian (C11.1)."""


def address_of(message: MessageState, recipient: Recipient) -> Personal[str] | None:
    """Return where `message` goes: to the guardian where one is asked, else to the person.

    Letters about a change of address go to the address that they are about.
    """
    if message.kind in TO_GUARDIANS:
        return message.guardian_email
    return message.address or recipient.email


def why_not(
    message: MessageState, recipient: Recipient | None, unwelcome: Reason | None = None
) -> SuppressionReason | None:
    """Return why `message` may not be sent now, or `None` when it may.

    `unwelcome` is what speaks against the address it goes to.
    """
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
    purpose = purpose_of(message.kind, message.details.topic)
    without = _without_basis(message.kind, recipient, purpose)
    return without or _unwelcome(message.kind, unwelcome)


def _unwelcome(kind: MessageKind, unwelcome: Reason | None) -> SuppressionReason | None:
    """Return what the address itself says against `kind`; proving it is the way out."""
    anyway = rules_of(kind).at_any_address or kind in PROVES_ADDRESS
    return None if anyway else unwelcome


def _without_basis(
    kind: MessageKind, recipient: Recipient, purpose: Purpose | None
) -> SuppressionReason | None:
    match class_of(kind):
        case "marketing":
            # Consent (C9.2), from an account in use whose address is proven.
            if purpose not in recipient.consents:
                return "no_consent"
            return None if _in_use(recipient) and recipient.confirmed else "blocked"
        case "teaching":
            # Contract (C5.1, C9.1), while the profile is active (C2.5).
            return None if _in_use(recipient) else "blocked"
        case "transactional":
            # Contract (C9.1), or what somebody has asked for just now.
            return "blocked" if recipient.blocked and kind not in ASKED_FOR else None
        case "security" | "legal":
            # No choice of the person's and no state of the account stops it (C9.3, C9.4).
            return None
        case _ as unknown:
            assert_never(unknown)


def _in_use(recipient: Recipient) -> bool:
    return not (recipient.blocked or recipient.closed or recipient.archived)
