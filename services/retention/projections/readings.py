"""Who of staff looked at whose data in use, and when; that of the archive is beside it."""

from collections.abc import Iterable

from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection
from shared.database import Document, IndexModel
from shared.events.reading import PersonalDataRead
from shared.topics import SERVICES, events_topic


class Readings(Projection):
    """One document per reading."""

    name = "readings"
    topics = tuple(events_topic(service) for service in SERVICES)
    indexes = (IndexModel([("subject_id", 1), ("read_at", -1)]), IndexModel([("read_at", -1)]))

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Return the id of the reading."""
        return (envelope.id,) if isinstance(envelope.data, PersonalDataRead) else ()

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the reading; what was read once stays so."""
        return document or {**envelope.data.model_dump(mode="json"), "read_at": envelope.time}
