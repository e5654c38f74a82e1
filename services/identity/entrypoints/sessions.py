"""Ending the sessions of somebody else over HTTP, without closing the account (ASVS 7.4.5)."""

from fastapi import APIRouter

from services.identity.application.accounts import Accounts
from services.identity.domain.learner.commands import EndSessions
from shared.event_store import Metadata
from shared.events.base import Identifier, SubjectId
from shared.http.auth import Caller
from shared.http.idempotency import Once


def sessions_router(accounts: Accounts) -> APIRouter:
    """Return the endpoint by which staff end a learner's sessions."""
    router = APIRouter(tags=["sessions"])

    @router.delete("/learners/{learner_id}/sessions", status_code=204)
    async def end(learner_id: Identifier, who: Caller, once: Once) -> None:
        """End every session of a learner, who is told by letter; the account stays open."""
        meta = Metadata.by(who, once)
        await accounts.handle(SubjectId(learner_id), EndSessions(), meta)

    return router
