"""`/access-parts`: handing a part to who makes the file of it, and has shown the file's key."""

from typing import Annotated, Final

from fastapi import APIRouter
from pydantic import BaseModel, Field

from shared.access_files.parts import AccessParts, PartGoneError
from shared.events.base import Identifier
from shared.http.problems import ProblemType

PROBLEMS: Final[dict[type[Exception], ProblemType]] = {
    PartGoneError: ProblemType(
        "access-part-gone",
        410,
        "Ce dossier n'est plus disponible. Demandez-en un nouveau.",
        "This file is no longer available. Ask for a new one.",
    )
}


class PartAsked(BaseModel):
    """Which file's part, and what identity gave to whoever may have it."""

    file_id: Identifier
    key: Annotated[str, Field(min_length=32, max_length=128)]


class PartContent(BaseModel):
    """The part as it was sealed, byte for byte, so that its hash can be checked."""

    content: str
    """JSON of `AccessPart`."""


def access_parts_router(parts: AccessParts) -> APIRouter:
    """Return `/access-parts` of a service."""
    router = APIRouter(tags=["access file"])

    @router.post("/access-parts")
    async def part(asked: PartAsked) -> PartContent:
        """Return this service's part of an access file (C8.1); reading it changes nothing."""
        return PartContent(content=await parts.content(asked.file_id, asked.key))

    return router
