"""Accounts of minors, so that time can do its part in them: dates of letters, no birth date."""

from collections.abc import Iterable
from typing import Final

from services.identity.domain.learner.minority import REMIND_BEFORE
from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection
from shared.database import Document, IndexModel
from shared.events import identity as e
from shared.events.retention import ErasureOrdered
from shared.personal import Category

FOLLOWED: Final = (
    e.MinorityEstablished,
    e.MinorityEnded,
    e.GuardianAgreementRequested,
    e.GuardianAskedAgain,
    e.GuardianAgreementGranted,
    e.GuardianAgreementEnded,
)


class Minors(Projection):
    """One document a minor: `look_at`, when a reminder or the end of a question is due."""

    name = "minors"
    topics = ("identity.events", "retention.events")
    indexes = (IndexModel([("look_at", 1)]),)

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Return the minor; of an erasure only when it takes the civil identity."""
        match envelope.data:
            case ErasureOrdered(scopes=scopes):
                gone = any(scope.category is Category.CIVIL_IDENTITY for scope in scopes)
                return [envelope.subject] if gone else []
            case event:
                return [envelope.subject] if isinstance(event, FOLLOWED) else []

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return when to look at the minor next."""
        match envelope.data:
            case e.GuardianAgreementRequested(until=until) if until is not None:
                reminder = until - REMIND_BEFORE
                return {"look_at": reminder if envelope.time < reminder else until}
            case e.GuardianAskedAgain(why="reminder", until=until):
                return {"look_at": until}
            case e.GuardianAgreementGranted() | e.GuardianAgreementEnded():
                return {"look_at": None}
            case e.MinorityEnded() | ErasureOrdered():
                return None
            case _:
                return document or {"look_at": None}
