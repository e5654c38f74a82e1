"""People who wrote through the contact form, for support: everything sealed (C1.3)."""

from collections.abc import Iterable

from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection, sealed_json
from shared.database import Document
from shared.events import identity as e
from shared.events.retention import ErasureOrdered
from shared.personal import Category


class ProspectList(Projection):
    """One document a prospect."""

    name = "prospects"
    topics = ("identity.events", "retention.events")

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Return the prospect's id."""
        match envelope.data:
            case e.ProspectContacted() | e.ProspectInteracted() | e.ProspectConverted():
                return [envelope.subject]
            case ErasureOrdered(scopes=scopes):
                about_prospect = any(s.category is Category.PROSPECT for s in scopes)
                return [envelope.subject] if about_prospect else []
            case _:
                return []

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the prospect after `envelope`."""
        known = document or {"messages": [], "converted": False}
        match envelope.data:
            case e.ProspectContacted() as event:
                message = {"text": sealed_json(event.message), "at": envelope.time}
                return {
                    **known,
                    "name": sealed_json(event.name),
                    "email": sealed_json(event.email),
                    "context": sealed_json(event.context),
                    "messages": [*known["messages"], message],
                    "last_interaction": envelope.time,
                }
            case e.ProspectInteracted():
                return {**known, "last_interaction": envelope.time}
            case e.ProspectConverted():
                return {**known, "converted": True}
            case ErasureOrdered():
                return None
            case _:
                return document
