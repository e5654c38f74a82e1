"""What the data protection officer corrects on a person's behalf (C8.2)."""

from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel

from services.learning.application.handle import Learning, enrolment_stream
from services.learning.domain.enrolment.commands import CorrectAccess
from services.learning.domain.errors import EnrolmentNotFoundError
from shared.event_store import Metadata
from shared.events.base import Identifier
from shared.http.auth import Caller
from shared.http.idempotency import Once


class AccessBody(BaseModel):
    """The right last day of a contract."""

    access_until: date


def corrections_router(learning: Learning) -> APIRouter:
    """Return the routes of corrections."""
    router = APIRouter(tags=["corrections"])

    @router.put("/enrolments/{enrolment_id}/access", status_code=204)
    async def correct_access(
        enrolment_id: Identifier, body: AccessBody, who: Caller, once: Once
    ) -> None:
        """Correct the last day of a contract; the terms that follow from it are corrected too."""
        stream = enrolment_stream(enrolment_id)
        state, _version = await learning.enrolments.state(stream)
        if state.learner_id is None:
            raise EnrolmentNotFoundError
        await learning.enrolments.handle(
            stream,
            CorrectAccess(body.access_until),
            subject=state.learner_id,
            meta=Metadata.by(who, once),
        )

    return router
