"""Read model `live_sessions`: which external speaker comes to which group, and when (C6.3).

One document a session: `module_id`, `cohort`, `starts_at`, `ends_at`, `speaker_id`, `cancelled`.
"""

from collections.abc import Iterable

from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection
from shared.database import Document
from shared.events import learning as e


class LiveSessions(Projection):
    """Sessions by id: what decides whether a speaker may see who takes part."""

    name = "live_sessions"
    topics = ("learning.events",)

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Concern the session."""
        match envelope.data:
            case (
                e.LiveSessionPlanned(session_id=session_id)
                | e.SpeakerAssigned(session_id=session_id)
                | e.SpeakerWithdrawn(session_id=session_id)
                | e.LiveSessionCancelled(session_id=session_id)
            ):
                return [session_id]
            case _:
                return []

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the session's document after `envelope`."""
        known = document or {}
        match envelope.data:
            case e.LiveSessionPlanned() as event:
                return {
                    "speaker_id": None,
                    "cancelled": False,
                    "module_id": event.module_id,
                    "cohort": event.cohort,
                    "starts_at": event.starts_at,
                    "ends_at": event.ends_at,
                }
            case e.SpeakerAssigned() as event:
                return {**known, "speaker_id": event.speaker_id}
            case e.SpeakerWithdrawn():
                return {**known, "speaker_id": None}
            case e.LiveSessionCancelled():
                return {**known, "cancelled": True}
            case _:
                return document
