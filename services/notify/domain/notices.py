"""Which messages are notices in the portal, too, from when, and until when."""

from datetime import datetime, timedelta
from typing import Final

from services.notify.domain.basis import why_not
from services.notify.domain.commands import QueueMessage
from services.notify.domain.kinds import rules_of
from services.notify.domain.recipient import FUNCTIONS, Recipient
from services.notify.domain.state import MessageState
from shared.events.notify import MessageKind

KEPT: Final = timedelta(days=30)
"""How long a notice is shown, as long as the content of a mail is kept at most."""
WITHOUT_ACCOUNT: Final[frozenset[MessageKind]] = frozenset(
    {"prospect_reply", "support_answer", "erasure_certificate"}
)
"""What goes to somebody who has no account, or no longer has one."""
UNDELIVERABLE: Final = frozenset({"no_address", "bounced", "complained"})
"""What keeps a mail from leaving and speaks of the address alone: the notice is shown."""
WITHHELD_MAIL: Final = UNDELIVERABLE | {"sent_before"}


def belongs_in_portal(message: QueueMessage | MessageState) -> bool:
    """Whether `message` speaks to a person with an account, and carries no secret link.

    A link that proves an address, or opens an account, must reach that address alone.
    """
    to_former_address = message.kind == "email_changed" and message.details.due is not None
    return (
        message.subject_id not in FUNCTIONS
        and message.kind not in WITHOUT_ACCOUNT
        and message.token is None
        and message.guardian_email is None
        and not to_former_address
    )


def at_once(message: QueueMessage | MessageState) -> bool:
    """Whether `message` is a notice as soon as it is due.

    What may wait (teaching, marketing) becomes one when its mail leaves, or would have: quiet hours
    and digests hold for both.
    """
    return belongs_in_portal(message) and not rules_of(message.kind).may_wait


def posted_at(message: MessageState) -> datetime | None:
    """Return since when `message` is a notice; `None` where it is none, or none yet."""
    if not belongs_in_portal(message):
        return None
    return message.settled_at if rules_of(message.kind).may_wait else message.posted_at


def is_shown(message: MessageState, recipient: Recipient, now: datetime) -> bool:
    """Whether `message` is shown to `recipient` now: for 30 days, and on the basis of its kind.

    The basis is asked whenever it is shown. That a mail cannot be delivered hides nothing; of what
    was sent once more the repetition is shown.
    """
    since = posted_at(message)
    if since is None or now - since >= KEPT:
        return False
    if message.repeated_as is not None:
        return False
    if message.status == "suppressed" and message.reason not in WITHHELD_MAIL:
        return False
    reason = why_not(message, recipient)
    return reason is None or reason in UNDELIVERABLE
