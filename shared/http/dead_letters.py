"""`/ops/dead-letters`: what a service could not process, looked at and settled by operators."""

from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from shared.consuming.dead_letter_queue import (
    PAGE,
    ContentErasedError,
    DeadLetterContent,
    DeadLetterPage,
    DeadLetterQueue,
    NoSuchLetterError,
)
from shared.consuming.dead_letter_state import AlreadySettledError, DeadLetter
from shared.event_store import Metadata
from shared.http.auth import Caller
from shared.http.idempotency import Once
from shared.http.problems import NOT_FOUND, ProblemType

PROBLEMS: Final[dict[type[Exception], ProblemType]] = {
    NoSuchLetterError: NOT_FOUND,
    AlreadySettledError: ProblemType(
        "dead-letter-settled",
        409,
        "Ce message a déjà été renvoyé ou écarté. Confirmez que vous voulez recommencer.",
        "This dead letter has already been replayed or discarded. Say that you want it again.",
    ),
    ContentErasedError: ProblemType(
        "dead-letter-erased",
        410,
        "Le contenu de ce message a été effacé à l'échéance ; il ne peut plus être lu ni renvoyé.",
        "The content has been erased at its term; it can be neither read nor replayed any more.",
    ),
}


class Why(BaseModel):
    """Why somebody looks at a content."""

    reason: str = Field(min_length=3, max_length=300)


class Settling(Why):
    """Why somebody settles a letter."""

    again: bool = False
    """Whether it may have been settled before."""


def dead_letters_router(queue: DeadLetterQueue) -> APIRouter:
    """Return `/ops/dead-letters*` for the letters in `queue`."""
    router = APIRouter(tags=["operations"], prefix="/ops/dead-letters")

    @router.get("")
    async def letters(
        *,
        before: Annotated[str | None, Query(max_length=80)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = PAGE,
        waiting: bool = False,
    ) -> DeadLetterPage:
        """Return dead letters without their content, the latest first."""
        return await queue.page(before=before, limit=limit, waiting_only=waiting)

    @router.get("/{letter_id}")
    async def letter(letter_id: str) -> DeadLetter:
        """Return what is known about one letter; 404 when there is none of that id."""
        return await queue.find(letter_id)

    @router.post("/{letter_id}/showing")
    async def show(letter_id: str, body: Why, who: Caller, once: Once) -> DeadLetterContent:
        """Return the content, and record who looked and why; 410 once it has been erased."""
        return await queue.show(letter_id, reason=body.reason, meta=Metadata.by(who, once))

    @router.post("/{letter_id}/replay")
    async def replay(letter_id: str, body: Settling, who: Caller, once: Once) -> DeadLetter:
        """Send the record back to where it came from; 409 when settled, 410 when erased."""
        meta = Metadata.by(who, once)
        return await queue.replay(letter_id, reason=body.reason, again=body.again, meta=meta)

    @router.post("/{letter_id}/discarding")
    async def discard(letter_id: str, body: Settling, who: Caller, once: Once) -> DeadLetter:
        """Put the letter aside for good; 409 when it was settled before."""
        meta = Metadata.by(who, once)
        return await queue.discard(letter_id, reason=body.reason, again=body.again, meta=meta)

    return router
