"""What facts about rights cases have in common, stored and public (C8, C13)."""

from typing import Final, Literal, get_args

from pydantic import BaseModel, ConfigDict

from shared.events.base import Identifier
from shared.processors.model import Organisation

RightsKind = Literal[
    "access",
    "portability",
    "rectification",
    "restriction",
    "objection",
    "erasure",
    "complaint",
]
"""What the person asks for: GDPR art. 15, 20, 16, 18, 21, 17, or an answer to a complaint."""
IdentityCheck = Literal["session", "link"]
"""How the person showed who they are: signed in, or by the link sent to the known address."""
RightsOutcome = Literal[
    "granted", "partly_granted", "refused", "unidentified", "withdrawn", "handed_on", "erased"
]
"""How a case ended. `handed_on`: it goes on under the person's account; `erased`: the person's
data went before, so that there is nobody left to answer."""
ExtensionReason = Literal["complexity", "number"]
"""Why two months more are needed: the only reasons there are (GDPR art. 12(3))."""
ReminderStage = Literal["half", "three_quarters", "overdue"]
"""How much of the term is over when staff are reminded; `overdue` goes to the officer."""
RightsAct = Literal[
    # rectification
    "account",
    "email",
    "profile",
    "disputed",
    # objection
    "suggestions",
    "reminders",
    "statistics",
    # restriction
    # (and again `profile`)
    "learning_history",
    "recording",
    "support",
    "contact",
    # portability
    "file",
    # erasure
    "everything",
]
"""What the person did themselves in the portal, of which the case is the record."""
Notification = Literal["with_us", "each_time", "next_copy", "seen_only", "to_tell"]
"""How who received a value learns that it changed (GDPR art. 19).

`with_us`: they keep it in our own stores; `each_time`: they are handed it anew at each use and keep
none; `next_copy`: the next backup has it, earlier ones go at their term; `seen_only`: shown on a
screen, nothing was kept; `to_tell`: staff have to tell them.
"""


class Recipient(BaseModel):
    """Somebody to whom the data was disclosed, and how they learn of the change."""

    model_config = ConfigDict(frozen=True)

    recipient: Identifier
    """A processor's id; `speakers` for external speakers."""
    organisation: Organisation | None = None
    how: Notification


RIGHTS_KINDS: Final[tuple[RightsKind, ...]] = get_args(RightsKind)
EXTENSION_REASONS: Final[tuple[ExtensionReason, ...]] = get_args(ExtensionReason)
