"""Read model `live_sessions`: which external speaker comes to which group, and when (C6.3).

One document a session: `module_id`, `cohort`, `starts_at`, `ends_at`, `speaker_id`, `cancelled`,
and `absent`, the learners who do not come.
"""

from collections.abc import Iterable

from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection
from shared.database import Document
from shared.events import learning as e


class LiveSessions(Projection):
    """Sessions by id: what decides whether a speaker may see who takes part."""

    name = "live_sessions"
    version = 2
    topics = ("learning.events",)

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Concern the session."""
        match envelope.data:
            case (
                e.LiveSessionPlanned(session_id=session_id)
                | e.LiveSessionMoved(session_id=session_id)
                | e.SessionInvited(session_id=session_id)
                | e.SessionUninvited(session_id=session_id)
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
                    "absent": _absent(known),
                    "module_id": event.module_id,
                    "cohort": event.cohort,
                    "starts_at": event.starts_at,
                    "ends_at": event.ends_at,
                }
            case e.LiveSessionMoved() as event:
                return {**known, "starts_at": event.starts_at, "ends_at": event.ends_at}
            case e.SessionInvited(learner_id=learner_id):
                return {**known, "absent": [one for one in _absent(known) if one != learner_id]}
            case e.SessionUninvited(learner_id=learner_id, because="given_up"):
                return {**known, "absent": sorted({*_absent(known), learner_id})}
            case e.SpeakerAssigned() as event:
                return {**known, "speaker_id": event.speaker_id}
            case e.SpeakerWithdrawn():
                return {**known, "speaker_id": None}
            case e.LiveSessionCancelled():
                return {**known, "cancelled": True}
            case _:
                return document


def _absent(known: Document) -> list[str]:
    return list(known.get("absent", ()))
