"""Access files over HTTP: asked for, followed, handed out once to who may have them (C8.1)."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from services.identity.application.access_files import AccessFiles
from services.identity.application.rights_cases import RightsCases
from services.identity.domain.access_file.state import AccessFile
from services.identity.entrypoints.answers import PageOf
from services.identity.entrypoints.bodies import TokenBody
from services.identity.entrypoints.lists import PageNumber, PageSize
from services.identity.projections.access_files import AccessFileList
from services.identity.settings import IdentitySettings
from shared.event_store import Metadata
from shared.events.base import Identifier
from shared.http.auth import Caller
from shared.http.idempotency import Once, PublicOnce
from shared.http.problems import NOT_FOUND, ProblemError
from shared.packaging import PackagedPart
from shared.service import Kernel
from shared.words import Language

LATEST_FIRST = (("requested_at", -1), ("_id", 1))


class AccessFileView(BaseModel):
    """How far an access file is; never what is in it."""

    file_id: str
    """Id of the rights case that it answers."""
    requested_at: datetime
    awaited: list[str]
    """Services that still owe their part."""
    attempts: int
    """How often they have been asked again."""
    completed_at: datetime | None
    until: datetime | None
    """Until when it can be fetched."""
    fetched_at: datetime | None
    gone: bool
    """Whether its parts have been ordered to be destroyed."""


class AccessFileOpening(BaseModel):
    """What it takes to put the file together: what services ask to see, and what must come."""

    file_id: str
    key: str
    language: Language
    requested_at: datetime
    until: datetime
    parts: list[PackagedPart]


class LinkedAccessFile(BaseModel):
    """How far the file behind a link is."""

    requested_at: datetime
    until: datetime | None
    fetched: bool


def access_files_router(
    kernel: Kernel[IdentitySettings], files: AccessFiles, cases: RightsCases
) -> APIRouter:
    """Return the endpoints of access files, for learners, the officer and who has a link."""
    router = APIRouter(tags=["access file"])
    listed = kernel.read_model(AccessFileList())

    @router.post("/me/access-files", status_code=201)
    async def ask(principal: Caller, once: Once) -> dict[str, str]:
        """Ask for a file of everything held; it is ready within minutes (C8.1)."""
        return {"file_id": await cases.ask_for_file(principal.subject, once)}

    @router.get("/me/access-files")
    async def mine(
        principal: Caller, page: PageNumber = 1, size: PageSize = 20
    ) -> PageOf[AccessFileView]:
        """Return the caller's access files, the latest first."""
        query = {"subject_id": principal.subject}
        found = await listed.find(query, sort=LATEST_FIRST, skip=(page - 1) * size, limit=size)
        views = [AccessFileView.model_validate(one) for one in found]
        return PageOf(items=views, total=await listed.count(query), page=page, size=size)

    @router.post("/me/access-files/{file_id}/opening")
    async def opening(file_id: Identifier, principal: Caller) -> AccessFileOpening:
        """Return what it takes to put one's own file together; nothing changes."""
        return _opening(await files.opened(file_id, principal.subject), files)

    @router.post("/me/access-files/{file_id}/fetching", status_code=204)
    async def fetched(file_id: Identifier, principal: Caller, once: Once) -> None:
        """Say that the file is being handed over: it can be had once."""
        await files.fetched(file_id, principal.subject, Metadata.by(principal, once))

    @router.post("/access-files/linked")
    async def linked(body: TokenBody) -> LinkedAccessFile:
        """Return how far the file behind a link is; nothing changes."""
        state = await files.linked(body.token)
        return LinkedAccessFile(
            requested_at=state.requested_at, until=state.until, fetched=state.fetched
        )

    @router.post("/access-files/opening")
    async def opening_by_link(body: TokenBody) -> AccessFileOpening:
        """Return what it takes to put the file behind a link together; nothing changes."""
        return _opening(await files.opened_by_link(body.token), files)

    @router.post("/access-files/fetching", status_code=204)
    async def fetched_by_link(body: TokenBody, once: PublicOnce) -> None:
        """Say that the file behind a link is being handed over: it can be had once."""
        await files.fetched_by_link(body.token, once)

    @router.get("/access-files/{file_id}")
    async def one(file_id: Identifier) -> AccessFileView:
        """Return how far a file is: which services are awaited, since when."""
        found = await listed.get(file_id)
        if found is None:
            raise ProblemError(NOT_FOUND)
        return AccessFileView.model_validate(found)

    return router


def _opening(state: AccessFile, files: AccessFiles) -> AccessFileOpening:
    return AccessFileOpening(
        file_id=state.file_id,
        key=files.key_of(state.file_id),
        language=state.language,
        requested_at=state.requested_at,
        until=state.until or state.requested_at,
        parts=[
            PackagedPart(
                service=part.service,
                made_at=part.made_at,
                values=part.values,
                size=part.size,
                sha256=part.sha256,
            )
            for _, part in sorted(state.parts.items())
        ],
    )
