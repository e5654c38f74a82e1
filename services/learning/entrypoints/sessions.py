"""Live sessions that trainers record (C2.10)."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.learning.application.handle import Learning, recording_stream
from services.learning.application.keeping import require_place
from services.learning.application.standing import require_agreement
from services.learning.application.teaching import require_taught, teaching_of
from services.learning.domain.errors import LearnerNotFoundError
from services.learning.domain.recording.commands import RecordSession
from shared.event_store import Metadata
from shared.events.base import Identifier, SubjectId
from shared.http.auth import Caller
from shared.http.idempotency import Once
from shared.personal import Category, Personal


class RecordingBody(BaseModel):
    """A live session that was recorded."""

    learner_id: Identifier
    title: Annotated[str, Field(min_length=1, max_length=200)]
    location: Annotated[str, Field(min_length=1, max_length=500)]


class RecordedView(BaseModel):
    """The recording's id."""

    recording_id: str


def sessions_router(learning: Learning) -> APIRouter:
    """Return the trainers' route about live sessions."""
    router = APIRouter(tags=["teaching"])

    @router.post("/recordings", status_code=201)
    async def record(body: RecordingBody, who: Caller, once: Once) -> RecordedView:
        """Note that a live session with a learner was recorded (C2.10), within the EU (C10.2)."""
        recording_id = once.first_id()
        if once.earlier is not None:
            return RecordedView(recording_id=recording_id)
        learner = await learning.learner_list.get(body.learner_id)
        if learner is None or learner.get("closed", False):
            raise LearnerNotFoundError
        await require_taught(learning, await teaching_of(learning, who.subject), body.learner_id)
        await require_agreement(learning, SubjectId(body.learner_id))
        await learning.archive.admit(who, None, body.learner_id, (Category.RECORDING,))
        await require_place(learning, body.location)
        command = RecordSession(
            learner_id=SubjectId(body.learner_id),
            recording_id=recording_id,
            title=Personal(body.title),
            location=Personal(body.location),
            at=learning.clock.now(),
        )
        await learning.recordings.handle(
            recording_stream(recording_id),
            command,
            subject=command.learner_id,
            meta=Metadata.by(who, once),
        )
        return RecordedView(recording_id=recording_id)

    return router
