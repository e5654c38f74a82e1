"""What the caller provided to learning, and records brought from elsewhere, over HTTP (C8.5)."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.learning.application.bring import kept_records, own_records, take_in
from services.learning.application.handle import Learning
from services.learning.application.provided import provided
from services.learning.entrypoints.asking import Items
from shared.event_store import Metadata
from shared.http.auth import Caller
from shared.http.idempotency import Once
from shared.portability.file import Imported, LearningPart

MOST_AT_ONCE = 20
"""Records of one request; each is kept once, so that many requests are as good as one."""


class BroughtBody(BaseModel):
    """Records from another platform, each with the account it is from."""

    records: Annotated[list[Imported], Field(min_length=1, max_length=MOST_AT_ONCE)]


class TakenInView(BaseModel):
    """What became of the records."""

    new: int
    changed: int
    known: int
    own: int


class ImportedView(BaseModel):
    """A record from elsewhere that is kept here."""

    import_id: str
    brought: Imported


class ImportedRecords(Items[ImportedView]):
    """Records from elsewhere, and the ids of the caller's own."""

    own: list[str]


def portability_router(learning: Learning) -> APIRouter:
    """Return the endpoints of portability."""
    router = APIRouter(tags=["portability"])

    @router.get("/me/provided")
    async def my_provided(who: Caller) -> LearningPart:
        """Return the caller's learning records, their own and what they brought (C8.5)."""
        return provided(learning.catalogue, await learning.store.load_subject(who.subject))

    @router.get("/me/imported-records")
    async def imported(who: Caller) -> ImportedRecords:
        """List the records that the caller brought from elsewhere."""
        kept = await kept_records(learning, who.subject)
        views = [ImportedView(import_id=one.import_id, brought=one.brought) for one in kept]
        return ImportedRecords(items=views, own=sorted(await own_records(learning, who.subject)))

    @router.post("/me/imported-records")
    async def bring(body: BroughtBody, who: Caller, once: Once) -> TakenInView:
        """Keep records from another platform: they show where they are from, and attest nothing."""
        taken = await take_in(learning, who.subject, body.records, Metadata.by(who, once))
        return TakenInView(new=taken.new, changed=taken.changed, known=taken.known, own=taken.own)

    return router
