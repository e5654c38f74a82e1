"""Rotations of key-encryption keys: put on record by operators, read by officers."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.retention.application.key_rotations import KeyRotationRecord, RotationOnRecord
from services.retention.domain.key_rotation import RecordRotation
from shared.clock import Clock
from shared.event_store import Metadata
from shared.events.base import Identifier
from shared.http.auth import Caller
from shared.http.idempotency import Once


class RotationBody(BaseModel):
    """A rotation that is done but for the destruction of the old version."""

    key: Identifier
    version: Identifier
    data_keys: int = Field(ge=0)
    """How many data keys are wrapped under the version."""


class RotationList(BaseModel):
    """Rotations, the latest first."""

    items: list[RotationOnRecord]


def key_rotations_router(rotations: KeyRotationRecord, clock: Clock) -> APIRouter:
    """Return the routes of rotations."""
    router = APIRouter(tags=["operations"])

    @router.get("/key-rotations")
    async def listed() -> RotationList:
        """Return every rotation of a key-encryption key, with who and when."""
        return RotationList(items=await rotations.all())

    @router.post("/key-rotations", status_code=204)
    async def record(body: RotationBody, administrator: Caller, once: Once) -> None:
        """Put a rotation on record; telling of the same version again changes nothing."""
        command = RecordRotation(body.key, body.version, body.data_keys, clock.now())
        await rotations.add(command, Metadata.by(administrator, once))

    return router
