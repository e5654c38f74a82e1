"""The support queue: one document a request, its messages sealed."""

from collections.abc import Iterable
from typing import ClassVar

from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection, sealed_json
from shared.database import Document, IndexModel
from shared.events import identity as e
from shared.events.retention import ErasureOrdered
from shared.personal import Category


class SupportRequests(Projection):
    """One document a support request."""

    name = "support_requests"
    topics = ("identity.events", "retention.events")
    indexes: ClassVar[tuple[IndexModel, ...]] = (
        IndexModel([("learner_id", 1)]),
        IndexModel([("resolved", 1), ("opened_at", -1)]),
    )

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Return the ids of the requests that `envelope` concerns."""
        match envelope.data:
            case (
                e.SupportRequestOpened(request_id=request_id)
                | e.SupportReplied(request_id=request_id)
                | e.SupportRequestResolved(request_id=request_id)
                | e.SupportRequestReopened(request_id=request_id)
            ):
                return [request_id]
            case ErasureOrdered(scopes=scopes):
                return [s.object for s in scopes if s.category is Category.SUPPORT]
            case _:
                return []

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the request after `envelope`."""
        known = document or {"messages": [], "resolved": False}
        match envelope.data:
            case e.SupportRequestOpened() as event:
                message = {"from": "learner", "text": sealed_json(event.message)}
                return {
                    **known,
                    "learner_id": event.learner_id,
                    "opened_at": envelope.time,
                    "messages": [message | {"at": envelope.time}, *known["messages"]],
                }
            case e.SupportReplied() as event:
                reply = {
                    "from": "support",
                    "text": sealed_json(event.message),
                    "author": None if event.author is None else sealed_json(event.author),
                }
                return {**known, "messages": [*known["messages"], reply | {"at": envelope.time}]}
            case e.SupportRequestResolved():
                return {**known, "resolved": True, "resolved_at": envelope.time}
            case e.SupportRequestReopened():
                return {**known, "resolved": False, "resolved_at": None}
            case ErasureOrdered():
                return None
            case _:
                return document
