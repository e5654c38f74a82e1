"""What the caller provided, and that it was handed over, over HTTP (C8.5)."""

from fastapi import APIRouter
from pydantic import BaseModel

from services.identity.application.provided import provided
from services.identity.application.rights_acts import RightsActs
from services.identity.application.rights_cases import RightsCases
from shared.clock import Clock
from shared.event_store import EventStore, Metadata
from shared.http.auth import Caller
from shared.http.idempotency import Once
from shared.portability.file import IdentityPart


class HandedOver(BaseModel):
    """What the portability file answered."""

    cases: int
    """How many open requests for portability it ended."""


def provided_router(
    store: EventStore, cases: RightsCases, acts: RightsActs, clock: Clock
) -> APIRouter:
    """Return the endpoints of portability."""
    router = APIRouter(tags=["portability"])

    @router.get("/me/provided")
    async def my_provided(principal: Caller) -> IdentityPart:
        """Return what the caller provided to identity: account, profile and messages (C8.5)."""
        return provided(await store.load_subject(principal.subject))

    @router.post("/me/portability-files")
    async def handed_over(principal: Caller, once: Once) -> HandedOver:
        """Note that the portability file was handed over: it answers what was asked for.

        Where nothing was, the act itself is a case, as every right that somebody exercises.
        """
        meta = Metadata.by(principal, once)
        ended = await cases.deliver(principal.subject, "portability", meta)
        if not ended:
            await acts.handed_over(principal.subject, once.first_id(), clock.now(), meta)
        return HandedOver(cases=ended)

    return router
