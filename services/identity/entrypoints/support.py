"""Support requests over HTTP: the person's own, and the queues of staff (C2.7, C13.4)."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.identity.adapters.canned_answers import CannedAnswer
from services.identity.adapters.support_files import SupportFiles
from services.identity.application.desk import (
    LATEST_FIRST,
    MOST_URGENT_FIRST,
    QUEUE_OF,
    Assigned,
    Desk,
    RequestState,
    Wanted,
)
from services.identity.application.intake import Incoming, Intake
from services.identity.application.rights_cases import RightsCases
from services.identity.application.staff import Staff
from services.identity.application.support import Support
from services.identity.domain.support import commands as c
from services.identity.domain.support.files import SUFFIXES
from services.identity.entrypoints import bodies
from services.identity.entrypoints.answers import OwnRequestView, PageOf, SupportRequestView
from services.identity.entrypoints.files import taken
from services.identity.entrypoints.lists import (
    Hiding,
    Page,
    PageNumber,
    PageSize,
    archived_hidden,
    page_of,
    shown,
)
from services.identity.settings import IdentitySettings
from shared.archive import ArchiveGate
from shared.database import Document
from shared.event_store import Metadata
from shared.events.support import SupportChannel
from shared.http.auth import Caller, Principal
from shared.http.download import download
from shared.http.idempotency import Once
from shared.http.problems import NOT_FOUND, ProblemError
from shared.personal import Category, Personal
from shared.service import Kernel

FOUND_AT_MOST: Final = 100
FILE: Final[dict[str, Any]] = {
    "response_class": Response,
    "responses": {200: {"content": {media_type: {} for media_type in SUFFIXES}}},
}
"""What an endpoint that gives back a file answers with."""
STAFF_ONLY: Final = ("assignee", "unanswered", "due_at", "queue")
"""What a person is not shown of their own requests."""


def own_requests_router(
    kernel: Kernel[IdentitySettings], support: Support, desk: Desk, files: SupportFiles
) -> APIRouter:
    """Return the endpoints of a learner's own requests."""
    router = APIRouter(tags=["support"])

    @router.post("/me/support-requests", status_code=201)
    async def ask(body: bodies.MessageBody, principal: Caller, once: Once) -> dict[str, str]:
        """Open a support request; the subject « Protection des données » gets priority (C13.4)."""
        request_id = once.first_id()
        files = taken(body.files)
        command = c.OpenRequest(
            principal.subject,
            request_id,
            Personal(body.message),
            kernel.clock.now(),
            title=None if body.title is None else Personal(body.title),
            files=await support.keep(files, request_id, principal.subject, request_id),
        )
        await support.open(command, Metadata.by(principal, once))
        return {"request_id": request_id}

    @router.post("/me/support-requests/{request_id}/messages", status_code=201)
    async def add(
        request_id: str, body: bodies.MessageBody, principal: Caller, once: Once
    ) -> dict[str, str]:
        """Add to a request; a resolved one is open again by it."""
        files = await support.keep_for_own(
            taken(body.files), once.first_id(), principal.subject, request_id
        )
        command = c.ReceiveMessage(Personal(body.message), kernel.clock.now(), files=files)
        meta = Metadata.by(principal, once)
        await support.handle(request_id, command, meta, of=principal.subject)
        return {}

    @router.get("/me/support-requests/{request_id}/files/{file_id}", **FILE)
    async def own_file(request_id: str, file_id: str, principal: Caller) -> Response:
        """Return a file of one of the caller's own requests."""
        request = await desk.requests.get(request_id)
        if request is None or request["subject_id"] != principal.subject:
            raise ProblemError(NOT_FOUND)
        return await _file(files, request, file_id)

    @router.get("/me/support-requests", response_model=PageOf[OwnRequestView])
    async def mine(principal: Caller, page: PageNumber = 1, size: PageSize = 20) -> Page:
        """Return the caller's requests, newest first."""
        query = {"subject_id": principal.subject}
        return await page_of(
            desk.requests,
            kernel.vault,
            query=query,
            newest="opened_at",
            page=page,
            size=size,
            hide=_without_staff_only,
        )

    return router


def queue_router(
    kernel: Kernel[IdentitySettings], desk: Desk, gate: ArchiveGate, files: SupportFiles
) -> APIRouter:
    """Return the endpoints that show staff the requests of their queue."""
    router = APIRouter(tags=["support"])

    @router.get("/support-requests", response_model=PageOf[SupportRequestView])
    async def queue(
        who: Caller,
        wanted: Annotated[Wanted, Depends(_wanted)],
        page: PageNumber = 1,
        size: PageSize = 20,
    ) -> Page:
        """Return the queue of the caller's role, most urgent first; resolved ones newest first.

        Without the words of archived persons (C2.5).
        """
        return await page_of(
            desk.requests,
            kernel.vault,
            query=await desk.query(who, wanted),
            order=MOST_URGENT_FIRST if wanted.state == "open" else LATEST_FIRST,
            page=page,
            size=size,
            hide=_seen_by(who, gate, desk),
        )

    @router.post("/support-requests/searches", response_model=PageOf[SupportRequestView])
    async def search(body: bodies.SearchBody, who: Caller) -> Page:
        """Return the latest requests of an e-mail address, or the one with a number.

        It is a POST, since an address has no place in a URL.
        """
        return await page_of(
            desk.requests,
            kernel.vault,
            query=await desk.found(who, body.search),
            order=LATEST_FIRST,
            page=1,
            size=FOUND_AT_MOST,
            hide=_seen_by(who, gate, desk),
        )

    @router.get("/support-requests/{request_id}", response_model=SupportRequestView)
    async def one(request_id: str, who: Caller) -> dict[str, Any]:
        """Return one request of the caller's queue, with everything that was said."""
        found = await desk.requests.get(request_id)
        if found is None or found["queue"] != QUEUE_OF[who.role]:
            raise ProblemError(NOT_FOUND)
        seen = await _seen_by(who, gate, desk)([found])
        opened = await kernel.vault.open_documents(kernel.vault.without_restricted(seen))
        answer: dict[str, Any] = shown(opened[0])
        return answer

    @router.get("/support-requests/{request_id}/files/{file_id}", **FILE)
    async def file(request_id: str, file_id: str, who: Caller) -> Response:
        """Return a file of a request of the caller's queue; none of archived persons."""
        found = await desk.requests.get(request_id)
        if found is None or found["queue"] != QUEUE_OF[who.role]:
            raise ProblemError(NOT_FOUND)
        (seen,) = await _seen_by(who, gate, desk)([found])
        return await _file(files, seen, file_id)

    return router


def canned_router(answers: list[CannedAnswer]) -> APIRouter:
    """Return the endpoint of answers to start from."""
    router = APIRouter(tags=["support"])

    @router.get("/canned-answers")
    async def canned() -> list[CannedAnswer]:
        """Return answers to start from, in both languages."""
        return answers

    return router


def desk_router(
    kernel: Kernel[IdentitySettings],
    support: Support,
    staff: Staff,
    intake: Intake,
    cases: RightsCases,
) -> APIRouter:
    """Return the endpoints by which staff work on the requests of their queue."""
    router = APIRouter(tags=["support"])

    async def act(
        request_id: str, command: c.SupportCommand, who: Principal, meta: Metadata
    ) -> dict[str, str]:
        await support.handle(request_id, command, meta, queue=QUEUE_OF[who.role])
        return {}

    @router.post("/support-requests", status_code=201)
    async def note(body: bodies.NotedBody, who: Caller, once: Once) -> dict[str, str]:
        """Note what somebody said on the telephone or wrote by post (C13.4)."""
        incoming = Incoming(
            channel=body.channel,
            name=Personal(body.name),
            email=None if body.email is None else Personal(body.email),
            message=Personal(body.message),
            title=None if body.title is None else Personal(body.title),
            context=None if body.context is None else Personal(body.context),
            language=body.language,
        )
        new_id = once.first_id()
        return {
            "request_id": await intake.receive(incoming, new_id, Metadata.by(who, once)),
        }

    @router.post("/support-requests/{request_id}/messages", status_code=201)
    async def added(
        request_id: str, body: bodies.AddedBody, who: Caller, once: Once
    ) -> dict[str, str]:
        """Note what the person added on the telephone or by post; it reopens a resolved request."""
        message = Personal(body.message)
        command = c.ReceiveMessage(message, kernel.clock.now(), body.channel)
        return await act(request_id, command, who, Metadata.by(who, once))

    @router.post("/support-requests/{request_id}/replies", status_code=201)
    async def reply(
        request_id: str, body: bodies.ReplyBody, who: Caller, once: Once
    ) -> dict[str, str]:
        """Answer: on the portal, to who has no account by mail; or note that it has been done."""
        name = (await staff.member(who.subject)).name
        author = None if name is None or name.is_erased else name
        command = support.reply(request_id, who.subject, body.message, author, body.channel)
        return await act(request_id, command, who, Metadata.by(who, once))

    @router.put("/support-requests/{request_id}/assignment")
    async def assign(
        request_id: str, body: bodies.AssignmentBody, who: Caller, once: Once
    ) -> dict[str, str]:
        """Take the request on, or leave it to others."""
        command = c.AssignRequest(who.subject if body.mine else None)
        return await act(request_id, command, who, Metadata.by(who, once))

    @router.put("/support-requests/{request_id}/queue")
    async def move(
        request_id: str, body: bodies.QueueBody, who: Caller, once: Once
    ) -> dict[str, str]:
        """Hand the request to the other queue; the caller sees it no more."""
        await cases.require_none_open(request_id)
        command = c.MoveRequest(body.queue, kernel.clock.now())
        return await act(request_id, command, who, Metadata.by(who, once))

    @router.post("/support-requests/{request_id}/resolution")
    async def resolve(request_id: str, who: Caller, once: Once) -> dict[str, str]:
        """Record the final resolution: the exchange goes two years later (C2.7)."""
        await cases.require_none_open(request_id)
        return await act(request_id, c.ResolveRequest(), who, Metadata.by(who, once))

    @router.post("/support-requests/{request_id}/reopening")
    async def reopen(request_id: str, who: Caller, once: Once) -> dict[str, str]:
        """Take back the resolution: the two years stop."""
        return await act(request_id, c.ReopenRequest(), who, Metadata.by(who, once))

    return router


async def _file(files: SupportFiles, request: Document, file_id: str) -> Response:
    """Return a file to be saved, never shown, under a name that says nothing."""
    listed = {file["id"]: file for one in request["messages"] for file in one.get("files", ())}
    if file_id not in listed or (content := await files.content(file_id)) is None:
        raise ProblemError(NOT_FOUND)
    media_type = listed[file_id]["media_type"]
    return download(content, media_type, f"file.{SUFFIXES.get(media_type, 'bin')}")


def _wanted(
    state: RequestState = "open",
    assigned: Assigned = "anybody",
    channel: SupportChannel | None = None,
) -> Wanted:
    return Wanted(state, assigned, channel)


def _seen_by(who: Principal, gate: ArchiveGate, desk: Desk) -> Hiding:
    hide = archived_hidden(
        gate,
        who,
        None,
        Category.SUPPORT,
        about="subject_id",
        hide={"messages": [], "title": None, "person": None},
    )

    async def seen(documents: Any) -> list[Document]:
        return await desk.with_people(await hide(documents))

    return seen


async def _without_staff_only(documents: Any) -> list[Document]:
    return [{k: v for k, v in one.items() if k not in STAFF_ONLY} for one in documents]
