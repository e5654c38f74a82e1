"""Read model `live_sessions`: when which group meets, with which trainer and external speaker.

One document a session: `trainer_id`, `module_id`, `cohort`, `starts_at`, `ends_at`, `speaker_id`,
`cancelled`, and `moves`, how often it was moved.
"""

from collections.abc import Iterable

from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection
from shared.database import Document, IndexModel
from shared.events.learning import (
    LiveSessionCancelled,
    LiveSessionMoved,
    LiveSessionPlanned,
    SpeakerAssigned,
    SpeakerWithdrawn,
)


class LiveSessions(Projection):
    """Sessions by id, for trainers, speakers and the one who assigns speakers."""

    name = "live_sessions"
    version = 2
    topics = ("learning.events",)
    indexes = (IndexModel([("ends_at", 1)]),)

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Concern the session."""
        match envelope.data:
            case (
                LiveSessionPlanned(session_id=session_id)
                | LiveSessionMoved(session_id=session_id)
                | SpeakerAssigned(session_id=session_id)
                | SpeakerWithdrawn(session_id=session_id)
                | LiveSessionCancelled(session_id=session_id)
            ):
                return [session_id]
            case _:
                return []

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the session's document after `envelope`."""
        known = document or {}
        match envelope.data:
            case LiveSessionPlanned() as event:
                return {
                    "speaker_id": None,
                    "cancelled": False,
                    "moves": 0,
                    "trainer_id": event.trainer_id,
                    "module_id": event.module_id,
                    "cohort": event.cohort,
                    "starts_at": event.starts_at,
                    "ends_at": event.ends_at,
                }
            case LiveSessionMoved() as event:
                times = {"starts_at": event.starts_at, "ends_at": event.ends_at}
                return {**known, **times, "moves": known.get("moves", 0) + 1}
            case SpeakerAssigned() as event:
                return {**known, "speaker_id": event.speaker_id}
            case SpeakerWithdrawn():
                return {**known, "speaker_id": None}
            case LiveSessionCancelled():
                return {**known, "cancelled": True}
            case _:
                return document
