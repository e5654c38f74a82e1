"""The list of learners for support and the DPO: names sealed, states plain."""

from collections.abc import Iterable, Mapping
from typing import Final

from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection, sealed_json
from shared.database import Document
from shared.events import identity as e
from shared.events.base import PublicEvent
from shared.events.retention import ArchiveEntered, ArchiveLeft, ErasureOrdered
from shared.personal import Category

FLAGS: Final[Mapping[type[PublicEvent], Document]] = {
    e.EmailConfirmed: {"confirmed": True},
    e.AccountBlocked: {"blocked": True},
    e.GuardianAgreementGranted: {"blocked": False},
    e.MinorityEstablished: {"minor": True},
    e.MinorityEnded: {"minor": False, "blocked": False},
    e.AccountClosed: {"closed": True},
    ArchiveEntered: {"archived": True},
    ArchiveLeft: {"archived": False},
}
"""What each event about the account's state sets in the learner's row."""
OTHERS: Final = (e.LearnerRegistered, e.LearnerRectified, e.LearnerLoggedIn, ErasureOrdered)


class Learners(Projection):
    """One document a learner."""

    name = "learners"
    version = 2
    topics = ("identity.events", "retention.events")

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Return the learner's id for events about accounts."""
        concerned = isinstance(envelope.data, OTHERS) or type(envelope.data) in FLAGS
        return [envelope.subject] if concerned else []

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the learner's row after `envelope`."""
        known = document or {}
        match envelope.data:
            case ErasureOrdered(scopes=scopes):
                gone = any(scope.category is Category.CIVIL_IDENTITY for scope in scopes)
                return None if gone else document
            case e.LearnerRegistered() as event:
                unset = {"confirmed": False, "blocked": False, "closed": False, "archived": False}
                return {
                    **unset,
                    **known,
                    "first_name": sealed_json(event.first_name),
                    "last_name": sealed_json(event.last_name),
                    "registered_at": envelope.time,
                }
            case e.LearnerLoggedIn():
                return {**known, "last_login": envelope.time}
            case e.LearnerRectified() as event:
                corrected = {
                    "first_name": sealed_json(event.first_name),
                    "last_name": sealed_json(event.last_name),
                }
                return {**known, **{k: v for k, v in corrected.items() if v is not None}}
            case event:
                return {**known, **FLAGS[type(event)]}
