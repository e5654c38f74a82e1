"""What identity holds about a person, over HTTP (C8.1)."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter

from shared.archive import ArchiveGate, Stated
from shared.event_store import EventStore
from shared.events.base import Identifier, SubjectId
from shared.held_data import HeldData, HeldDatum, held_values
from shared.http.auth import Caller

HIDDEN = ("password_hash", "token", "stop_token", "secret", "hashes", "credential_id", "public_key")


def held_data_router(store: EventStore, gate: ArchiveGate) -> APIRouter:
    """Return the endpoints of held data."""
    router = APIRouter(tags=["held data"])

    @router.get("/me/held-data")
    @router.get("/me/export")
    async def my_held_data(principal: Caller) -> HeldData:
        """Return everything identity holds about the caller (C8.1), for a page or a file."""
        return await _held(store, principal.subject)

    @router.get("/learners/{learner_id}/held-data")
    async def held_data(learner_id: Identifier, who: Caller, stated: Stated) -> HeldData:
        """Return everything identity holds about a person, for the DPO; archived with a reason."""
        held = await _held(store, SubjectId(learner_id))
        categories = {datum.category for datum in held.items}
        await gate.admit(who, stated, learner_id, categories)
        return held

    return router


def held_by(store: EventStore) -> Callable[[SubjectId], Awaitable[list[HeldDatum]]]:
    """Return what asks for everything identity holds about a person."""

    async def held(subject: SubjectId) -> list[HeldDatum]:
        return (await _held(store, subject)).items

    return held


async def _held(store: EventStore, subject: SubjectId) -> HeldData:
    recorded = await store.load_subject(subject)
    return HeldData(items=held_values("identity", recorded, hidden=HIDDEN))
