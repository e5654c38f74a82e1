"""Who read whose archived data, when and why; the same on the person's page and the officer's."""

from collections.abc import Iterable

from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection
from shared.database import Document, IndexModel
from shared.events.archive import ArchivedDataRead
from shared.topics import SERVICES, events_topic


class ArchiveReadings(Projection):
    """One document per reading."""

    name = "archive_readings"
    topics = tuple(events_topic(service) for service in SERVICES)
    indexes = (IndexModel([("subject_id", 1), ("read_at", -1)]), IndexModel([("read_at", -1)]))

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Return the id of the reading."""
        return (envelope.id,) if isinstance(envelope.data, ArchivedDataRead) else ()

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the reading; what was read once stays so."""
        return document or {**envelope.data.model_dump(mode="json"), "read_at": envelope.time}
