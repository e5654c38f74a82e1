"""People who got in touch without an account, for support: everything sealed (C1.3)."""

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
    version = 2
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
        known = document or {"converted": False}
        match envelope.data:
            case e.ProspectContacted() as event:
                # A telephone call says less than the mail before it did.
                told = {
                    "email": sealed_json(event.email),
                    "context": sealed_json(event.context),
                    "message": sealed_json(event.message),
                }
                return {
                    **known,
                    "name": sealed_json(event.name),
                    **{name: value for name, value in told.items() if value is not None},
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
