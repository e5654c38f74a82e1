"""The HTTP interface of notify: parse, authorise, call."""

from fastapi import APIRouter

from services.notify.adapters.recipient_directory import RecipientDirectory
from services.notify.application.held import held_by
from services.notify.application.read import MessagesView, messages_view
from shared.archive import ArchiveGate, Stated
from shared.event_store import EventStore
from shared.events.base import Identifier, SubjectId
from shared.held_data import HeldData
from shared.http.auth import Caller


def router(store: EventStore, directory: RecipientDirectory, gate: ArchiveGate) -> APIRouter:
    """Return the routes of the service."""
    routes = APIRouter(tags=["notify"])

    async def held_about(subject_id: SubjectId) -> HeldData:
        return HeldData(items=await held_by(store, directory, subject_id))

    @routes.get("/me/messages")
    async def messages(principal: Caller) -> MessagesView:
        """Return which messages were sent to the caller and when, without their content."""
        return messages_view(await store.load_subject(principal.subject))

    @routes.get("/me/held-data")
    @routes.get("/me/export")
    async def held(principal: Caller) -> HeldData:
        """Return what is held about the caller to write to them (C8.1), for a page or a file."""
        return await held_about(principal.subject)

    @routes.get("/learners/{learner_id}/held-data")
    async def held_for_dpo(learner_id: Identifier, who: Caller, stated: Stated) -> HeldData:
        """Return what is held about one learner, for the DPO; archived with a reason."""
        held = await held_about(SubjectId(learner_id))
        await gate.admit(who, stated, learner_id, {datum.category for datum in held.items})
        return held

    return routes
