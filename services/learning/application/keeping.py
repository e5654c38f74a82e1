"""Recordings are kept beyond their term by consent alone, in the EU alone (C2.10, C9.2, C10.2)."""

from typing import Final

from services.learning.application.handle import Learning, recording_stream
from services.learning.application.history import load_history
from services.learning.application.uses import KEEPING
from services.learning.domain.errors import (
    ChoicesNotKnownError,
    ConsentMissingError,
    RecordingPlaceError,
)
from services.learning.domain.recording.commands import ReleaseRecording
from services.learning.domain.recording.place import is_elsewhere
from shared.consuming.envelope import Envelope
from shared.consuming.reactions import PermanentFailureError
from shared.event_store import Metadata
from shared.events.base import SubjectId
from shared.events.consent import ConsentWithdrawn

PATIENCE_SECONDS: Final = 2.0
"""How long a consent that was given a moment ago may take to be heard of here."""


async def require_consent_to_keeping(
    learning: Learning, learner_id: SubjectId, recording_id: str
) -> None:
    """Return when the learner consents to keeping recordings, or it is none of theirs.

    Raises:
        ConsentMissingError: they do not.
        ChoicesNotKnownError: nobody knows at this moment.
    """
    state, _ = await learning.recordings.state(recording_stream(recording_id))
    if state.learner_id != learner_id:
        return
    verdict = await learning.choices.awaited(learner_id, KEEPING, PATIENCE_SECONDS)
    if verdict == "unknown":
        raise ChoicesNotKnownError
    if verdict == "refused":
        raise ConsentMissingError


async def require_place(learning: Learning, location: str) -> None:
    """Return when a recording may be kept at `location`: here, or with who keeps them in the EU.

    Raises:
        RecordingPlaceError: it may not (C10.2).
    """
    if is_elsewhere(location):
        refusal = await learning.transfers.why_not("recordings", learning.recording_processor)
        if refusal is not None:
            raise RecordingPlaceError(refusal)


async def release_recordings(learning: Learning, envelope: Envelope) -> None:
    """Keep none of the person's recordings any longer, once that consent is withdrawn."""
    event = envelope.data
    if not isinstance(event, ConsentWithdrawn):
        raise PermanentFailureError(envelope.type)
    if event.purpose != "recordings":
        return
    meta = Metadata.caused_by(envelope, "release-recordings")
    person = await load_history(learning, event.learner_id)
    for recording_id, one in person.recordings.items():
        if one.kept and not one.recorded.location.is_erased:
            await learning.recordings.handle(
                recording_stream(recording_id),
                ReleaseRecording(event.learner_id),
                subject=event.learner_id,
                meta=meta.for_step(recording_id),
            )
