"""Access files as their person and the officer see them; no personal value, in the end nobody's."""

from collections.abc import Iterable
from typing import ClassVar

from services.identity.domain.access_file.decide import ask_again_at
from shared.access_files import CONTRIBUTORS
from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection
from shared.database import Document, IndexModel
from shared.events import identity as e
from shared.events.retention import ErasureOrdered
from shared.personal import Category

ABOUT_FILES = (
    e.AccessFileRequested,
    e.AccessPartReceived,
    e.AccessFileDelayed,
    e.AccessFileCompleted,
    e.AccessFileFetched,
)


ENDING = frozenset({Category.ACCESS_FILE, Category.SUPPORT})
"""Categories of which an object is named like a file: its parts, and its exchange."""


class AccessFileList(Projection):
    """One document a file; once its parts are to go nobody is asked for them any more."""

    name = "access_files"
    topics = ("identity.events", "retention.events")
    indexes: ClassVar[tuple[IndexModel, ...]] = (
        IndexModel([("subject_id", 1), ("requested_at", -1)]),
        IndexModel([("look_at", 1)]),
    )

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Return the ids of the files that `envelope` concerns."""
        match envelope.data:
            case ErasureOrdered(scopes=scopes):
                return [s.object for s in scopes if s.category in ENDING]
            case event if isinstance(event, ABOUT_FILES):
                return [event.file_id]
            case _:
                return []

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the file after `envelope`."""
        at = envelope.time
        match envelope.data:
            case e.AccessFileRequested() as event:
                asked = {**event.model_dump(include={"file_id", "subject_id"}), "requested_at": at}
                return _timed({**_BLANK, **asked, "awaited": list(CONTRIBUTORS)})
            case e.AccessPartReceived(service=service) if document is not None:
                rest = [one for one in document["awaited"] if one != service]
                return _timed({**document, "awaited": rest})
            case e.AccessFileDelayed(attempt=attempt) if document is not None:
                return _timed({**document, "attempts": attempt})
            case e.AccessFileCompleted(until=until) if document is not None:
                return _timed({**document, "completed_at": at, "until": until})
            case e.AccessFileFetched() if document is not None:
                return {**document, "fetched_at": at}
            case ErasureOrdered(scopes=scopes) if document is not None:
                own = {s.category for s in scopes if s.object == document["file_id"]}
                nobody = {"subject_id": None} if Category.SUPPORT in own else {}
                return _timed({**document, **nobody, "gone": True})
            case _:
                return document


_BLANK: Document = {
    "attempts": 0,
    "completed_at": None,
    "until": None,
    "fetched_at": None,
    "gone": False,
}


def _timed(document: Document) -> Document:
    """Return `document` with when what is owed is asked for again."""
    waits = document["completed_at"] is None and not document["gone"]
    again = ask_again_at(document["requested_at"], document["attempts"])
    return {**document, "look_at": again if waits else None}
