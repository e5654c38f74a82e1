"""Support requests as staff and their person see them: one document each, what is said sealed."""

from collections.abc import Iterable
from typing import ClassVar, Final

from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection, sealed_json
from shared.database import Document, IndexModel
from shared.events import identity as e
from shared.events.retention import ErasureOrdered
from shared.personal import Category

ABOUT_REQUESTS: Final = (
    e.SupportRequestOpened,
    e.SupportMessageReceived,
    e.SupportReplied,
    e.SupportFileAttached,
    e.SupportRequestAssigned,
    e.SupportRequestMoved,
    e.SupportRequestResolved,
    e.SupportRequestReopened,
)
BLANK: Final[Document] = {
    "messages": [],
    "resolved": False,
    "resolved_at": None,
    "assignee": None,
    "unanswered": False,
}


class SupportRequests(Projection):
    """One document a support request."""

    name = "support_requests"
    version = 2
    topics = ("identity.events", "retention.events")
    indexes: ClassVar[tuple[IndexModel, ...]] = (
        IndexModel([("subject_id", 1), ("opened_at", -1)]),
        IndexModel([("queue", 1), ("resolved", 1), ("unanswered", -1), ("due_at", 1)]),
    )

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Return the ids of the requests that `envelope` concerns."""
        match envelope.data:
            case ErasureOrdered(scopes=scopes):
                return [s.object for s in scopes if s.category is Category.SUPPORT]
            case event if isinstance(event, ABOUT_REQUESTS):
                return [event.request_id]
            case _:
                return []

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the request after `envelope`."""
        known, at = document or BLANK, envelope.time
        match envelope.data:
            case e.SupportRequestOpened() as event:
                first = _message("person", event, envelope)
                return {
                    **known,
                    "subject_id": event.subject_id,
                    "has_account": event.has_account,
                    "title": sealed_json(event.title),
                    "channel": event.channel,
                    "queue": event.queue,
                    "opened_at": event.said_at or at,
                    "messages": [first, *known["messages"]],
                    "unanswered": True,
                    "due_at": event.due_at or at,
                }
            case e.SupportMessageReceived() as event:
                return {
                    **known,
                    "messages": [*known["messages"], _message("person", event, envelope)],
                    "unanswered": True,
                    "due_at": event.due_at,
                }
            case e.SupportReplied() as event:
                author = None if event.author is None else sealed_json(event.author)
                reply = {**_message("support", event, envelope), "author": author}
                return {**_answered(known), "messages": [*known["messages"], reply]}
            case e.SupportFileAttached() as event:
                return {**known, "messages": _with_file(known["messages"], event)}
            case e.SupportRequestAssigned(assignee=assignee):
                return {**known, "assignee": assignee}
            case e.SupportRequestMoved() as event:
                due = event.due_at or known.get("due_at")
                return {**known, "queue": event.queue, "assignee": None, "due_at": due}
            case e.SupportRequestResolved():
                return {**_answered(known), "resolved": True, "resolved_at": at}
            case e.SupportRequestReopened():
                return {**known, "resolved": False, "resolved_at": None}
            case ErasureOrdered():
                return None
            case _:
                return document


def _message(
    whose: str,
    event: e.SupportRequestOpened | e.SupportMessageReceived | e.SupportReplied,
    envelope: Envelope,
) -> Document:
    text = sealed_json(event.message)
    return {
        "from": whose,
        "text": text,
        "channel": event.channel,
        "at": event.said_at or envelope.time,
    }


def _with_file(messages: list[Document], event: e.SupportFileAttached) -> list[Document]:
    """Return `messages` with the file at the last one, with which it came."""
    file = {
        "id": event.file_id,
        "name": sealed_json(event.name),
        "media_type": event.media_type,
        "bytes": event.bytes_count,
    }
    last = messages[-1]
    return [*messages[:-1], {**last, "files": [*last.get("files", []), file]}]


def _answered(known: Document) -> Document:
    return {**known, "unanswered": False, "due_at": None}
