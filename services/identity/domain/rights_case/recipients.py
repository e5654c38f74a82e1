"""Who received what a person corrected, restricted or had erased (GDPR art. 19)."""

from collections.abc import Iterable, Mapping
from typing import Final

from shared.events.rights_cases import Notification, Recipient, RightsAct, RightsKind
from shared.personal import Category
from shared.processors.model import Flow, ProcessorTerms

SPEAKERS: Final = "speakers"
CONCERNED: Final[frozenset[RightsKind]] = frozenset({"rectification", "restriction", "erasure"})
"""Rights of which recipients are told: GDPR art. 16, 17(1) and 18."""
EVERYTHING: Final = frozenset(Category)
CATEGORIES: Final[Mapping[RightsAct, frozenset[Category]]] = {
    "account": frozenset({Category.CIVIL_IDENTITY, Category.CONTACT}),
    "email": frozenset({Category.CONTACT}),
    "profile": frozenset({Category.PROFILE}),
    "disputed": frozenset({Category.LEARNING_HISTORY, Category.PAYMENT}),
    "learning_history": frozenset({Category.LEARNING_HISTORY}),
    "recording": frozenset({Category.RECORDING}),
    "support": frozenset({Category.SUPPORT}),
    "contact": frozenset({Category.CONTACT}),
}
"""What an act is about; everything where it is not here, or staff did it."""
SPOKEN_OF: Final = frozenset({Category.CIVIL_IDENTITY, Category.PROFILE})
"""First names and professional context: what external speakers are shown (C6.3)."""
HOW: Final[Mapping[Flow, Notification | None]] = {
    "hosting": "with_us",
    "mail_out": "each_time",
    "mail_in": "each_time",
    "backups": "next_copy",
    "recordings": "to_tell",
    "payment": "to_tell",
    "staff_sign_in": None,
}
"""By which way a processor that serves a flow has it; staff sign-in knows no learner."""
MOST_FIRST: Final[tuple[Notification, ...]] = ("to_tell", "next_copy", "each_time", "with_us")


def recipients_of(
    act: RightsAct | None, processors: Iterable[tuple[str, ProcessorTerms]], *, spoken: bool
) -> tuple[Recipient, ...]:
    """Return who had received what `act` is about, and how each learns of the change.

    Args:
        act: what the person did; `None` for what staff did in a case, which can be about anything.
        processors: those under contract, by their ids.
        spoken: whether an external speaker was shown who takes part in a session of the person's.
    """
    about = EVERYTHING if act is None else CATEGORIES.get(act, EVERYTHING)
    found = []
    for processor_id, terms in processors:
        ways = {way for flow in terms.flows if (way := HOW[flow]) is not None}
        if about & {*terms.categories} and ways:
            how = next(way for way in MOST_FIRST if way in ways)
            found.append(
                Recipient(recipient=processor_id, organisation=terms.organisation, how=how)
            )
    if spoken and about & SPOKEN_OF:
        found.append(Recipient(recipient=SPEAKERS, how="seen_only"))
    return tuple(found)
