"""The list of learners for support and the DPO: names sealed, states plain."""

from collections.abc import Iterable

from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection, sealed_json
from shared.database import Document
from shared.events import identity as e
from shared.events.retention import ErasureOrdered
from shared.personal import Category


class Learners(Projection):
    """One document a learner."""

    name = "learners"
    topics = ("identity.events", "retention.events")

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Return the learner's id for events about accounts."""
        match envelope.data:
            case (
                e.LearnerRegistered()
                | e.EmailConfirmed()
                | e.AccountBlocked()
                | e.GuardianAgreementGranted()
                | e.LearnerRectified()
                | e.LearnerLoggedIn()
                | e.AccountClosed()
                | ErasureOrdered()
            ):
                return [envelope.subject]
            case _:
                return []

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the learner's row after `envelope`."""
        event = envelope.data
        if isinstance(event, ErasureOrdered):
            gone = any(scope.category is Category.CIVIL_IDENTITY for scope in event.scopes)
            return None if gone else document
        known = document or {}
        match event:
            case e.LearnerRegistered():
                return {
                    **known,
                    "first_name": sealed_json(event.first_name),
                    "last_name": sealed_json(event.last_name),
                    "registered_at": envelope.time,
                    "confirmed": known.get("confirmed", False),
                    "blocked": known.get("blocked", False),
                    "closed": known.get("closed", False),
                }
            case e.EmailConfirmed():
                return {**known, "confirmed": True}
            case e.AccountBlocked():
                return {**known, "blocked": True}
            case e.GuardianAgreementGranted():
                return {**known, "blocked": False}
            case e.LearnerLoggedIn():
                return {**known, "last_login": envelope.time}
            case e.AccountClosed():
                return {**known, "closed": True}
            case e.LearnerRectified():
                corrected = {
                    "first_name": sealed_json(event.first_name),
                    "last_name": sealed_json(event.last_name),
                }
                return {**known, **{k: v for k, v in corrected.items() if v is not None}}
            case _:
                return document
