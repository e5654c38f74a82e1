"""The access files that wait for a service too long: open until complete, or until they end."""

from collections.abc import Iterable
from typing import Final

from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection
from shared.database import Document, IndexModel
from shared.events.identity import AccessFileCompleted, AccessFileDelayed
from shared.events.retention import ErasureOrdered
from shared.personal import Category
from shared.topics import events_topic

OPEN: Final = "open"


class LateAccessFiles(Projection):
    """One document per file that was ever late; once it is over it stays so."""

    name = "late_access_files"
    topics = (events_topic("identity"), events_topic("retention"))
    indexes = (IndexModel([(OPEN, 1)], partialFilterExpression={OPEN: True}),)

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Return the files the event is about."""
        match envelope.data:
            case AccessFileDelayed(file_id=file) | AccessFileCompleted(file_id=file):
                return (file,)
            case ErasureOrdered(scopes=scopes):
                return [one.object for one in scopes if one.category is Category.ACCESS_FILE]
            case _:
                return ()

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return whether the file waits after the event."""
        if isinstance(envelope.data, AccessFileDelayed):
            return document or {OPEN: True}
        return {OPEN: False}
