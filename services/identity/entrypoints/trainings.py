"""The yearly training of staff over HTTP: seen and recorded, by oneself or by an administrator."""

from typing import Any

from fastapi import APIRouter

from services.identity.application.staff import Staff
from services.identity.entrypoints import bodies
from shared.event_store import Metadata
from shared.events.base import Identifier, SubjectId
from shared.http.auth import Caller
from shared.http.idempotency import Once


def trainings_router(staff: Staff) -> APIRouter:
    """Return the endpoints of the yearly training (C7.7)."""
    router = APIRouter(tags=["staff"])

    @router.get("/me/training")
    async def own(who: Caller) -> dict[str, Any]:
        """Return until when the caller's training counts, and from when access is suspended."""
        training = (await staff.member(who.subject)).training
        return {
            "programme": training.programme,
            "done_on": training.done_on,
            "recorded_by": training.recorded_by,
            "due_at": training.due_at,
            "suspends_at": training.suspends_at,
        }

    @router.post("/me/trainings", status_code=201)
    async def record_own(body: bodies.TrainingBody, who: Caller, once: Once) -> None:
        """Record one's own training; suspended access is back at once."""
        await staff.record_training(
            who.subject, body.programme, body.done_on, Metadata.by(who, once)
        )

    @router.post("/staff/{staff_id}/trainings", status_code=201)
    async def record(
        staff_id: Identifier, body: bodies.TrainingBody, who: Caller, once: Once
    ) -> None:
        """Record somebody's training; suspended access is back at once."""
        await staff.record_training(
            SubjectId(staff_id), body.programme, body.done_on, Metadata.by(who, once)
        )

    return router
