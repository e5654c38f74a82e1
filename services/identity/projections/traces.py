"""Technical traces for security: one document a person and month, sealed (C1.5)."""

from collections.abc import Iterable

from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection, sealed_json
from shared.database import Document
from shared.events.identity import TraceCollected
from shared.events.retention import ErasureOrdered
from shared.personal import Category


class Traces(Projection):
    """One document a person and calendar month."""

    name = "traces"
    topics = ("identity.events", "retention.events")

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Return `<subject>:<month>`."""
        match envelope.data:
            case TraceCollected(month=month):
                return [f"{envelope.subject}:{month}"]
            case ErasureOrdered(scopes=scopes):
                return [
                    f"{envelope.subject}:{scope.object}"
                    for scope in scopes
                    if scope.category is Category.TECHNICAL_TRACES
                ]
            case _:
                return []

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the month's traces after `envelope`."""
        match envelope.data:
            case TraceCollected() as event:
                trace = {
                    "at": envelope.time,
                    "ip_address": sealed_json(event.ip_address),
                    "browser": sealed_json(event.browser),
                    "screen": sealed_json(event.screen),
                    "known_device": event.known_device,
                }
                known = document or {"subject_id": event.subject_id, "traces": []}
                return {**known, "latest": envelope.time, "traces": [*known["traces"], trace]}
            case ErasureOrdered():
                return None
            case _:
                return document
