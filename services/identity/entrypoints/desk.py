"""Support exchanges, contact requests and the lists of staff over HTTP."""

from fastapi import APIRouter

from services.identity.application.accounts import Accounts
from services.identity.application.prospects import Prospects
from services.identity.application.staff import Staff
from services.identity.application.support import Support
from services.identity.domain.support import commands as c
from services.identity.entrypoints import bodies
from services.identity.entrypoints.lists import (
    Page,
    PageNumber,
    PageSize,
    archived_hidden,
    page_of,
)
from services.identity.projections.learners import Learners
from services.identity.projections.prospects import ProspectList
from services.identity.projections.support_requests import SupportRequests
from services.identity.projections.traces import Traces
from services.identity.settings import IdentitySettings
from shared.archive import COMPLIANCE, ArchiveGate, Stated
from shared.event_store import Metadata
from shared.events.base import SubjectId
from shared.http.auth import Caller
from shared.http.idempotency import Once, PublicOnce
from shared.personal import Category, Personal
from shared.service import Kernel


def support_router(
    kernel: Kernel[IdentitySettings], support: Support, staff: Staff, gate: ArchiveGate
) -> APIRouter:
    """Return the endpoints of support exchanges."""
    router = APIRouter(tags=["support"])
    requests = kernel.read_model(SupportRequests())

    @router.post("/me/support-requests", status_code=201)
    async def ask(body: bodies.MessageBody, principal: Caller, once: Once) -> dict[str, str]:
        """Open a support request."""
        request_id = once.first_id()
        command = c.OpenRequest(principal.subject, request_id, Personal(body.message))
        await support.open(command, Metadata.by(principal, once))
        return {"request_id": request_id}

    @router.get("/me/support-requests")
    async def mine(principal: Caller, page: PageNumber = 1, size: PageSize = 20) -> Page:
        """Return the caller's requests, newest first."""
        query = {"learner_id": principal.subject}
        return await page_of(
            requests, kernel.vault, query=query, newest="opened_at", page=page, size=size
        )

    @router.get("/support-requests")
    async def queue(
        who: Caller,
        *,
        resolved: bool | None = None,
        page: PageNumber = 1,
        size: PageSize = 20,
    ) -> Page:
        """Return the support queue, newest first; without the words of archived persons (C2.5)."""
        query = {} if resolved is None else {"resolved": resolved}
        hide = archived_hidden(gate, who, None, Category.SUPPORT, hide={"messages": []})
        return await page_of(
            requests, kernel.vault, query=query, newest="opened_at", page=page, size=size, hide=hide
        )

    @router.post("/support-requests/{request_id}/replies", status_code=201)
    async def reply(
        request_id: str, body: bodies.MessageBody, principal: Caller, once: Once
    ) -> dict[str, str]:
        """Answer a request."""
        name = (await staff.member(principal.subject)).name
        author = None if name is None or name.is_erased else name
        command = c.ReplyToRequest(principal.subject, Personal(body.message), author)
        await support.handle(request_id, command, Metadata.by(principal, once))
        return {}

    @router.post("/support-requests/{request_id}/resolution")
    async def resolve(request_id: str, principal: Caller, once: Once) -> dict[str, str]:
        """Record the final resolution: the exchange goes two years later (C2.7)."""
        await support.handle(request_id, c.ResolveRequest(), Metadata.by(principal, once))
        return {}

    @router.post("/support-requests/{request_id}/reopening")
    async def reopen(request_id: str, principal: Caller, once: Once) -> dict[str, str]:
        """Take back the resolution: the two years stop."""
        await support.handle(request_id, c.ReopenRequest(), Metadata.by(principal, once))
        return {}

    return router


def contact_router(kernel: Kernel[IdentitySettings], prospects: Prospects) -> APIRouter:
    """Return the endpoints of the contact form and its queue."""
    router = APIRouter(tags=["prospects"])
    contacts = kernel.read_model(ProspectList())

    @router.post("/contact-requests", status_code=202)
    async def contact(body: bodies.ContactBody, once: PublicOnce) -> dict[str, str]:
        """Write to the platform without an account (C1.3)."""
        await prospects.contact(
            name=Personal(body.name),
            email=body.email,
            message=Personal(body.message),
            context=None if body.context is None else Personal(body.context),
            language=body.language,
            request=once,
        )
        return {}

    @router.get("/contact-requests")
    async def contact_requests(page: PageNumber = 1, size: PageSize = 20) -> Page:
        """Return who wrote, latest interaction first."""
        return await page_of(
            contacts, kernel.vault, newest="last_interaction", page=page, size=size
        )

    @router.post("/contact-requests/{prospect_id}/replies", status_code=201)
    async def interact(prospect_id: str, principal: Caller, once: Once) -> dict[str, str]:
        """Note that the prospect was answered: the three years start anew (C2.9)."""
        await prospects.interact(SubjectId(prospect_id), Metadata.by(principal, once))
        return {}

    return router


def registers_router(
    kernel: Kernel[IdentitySettings], gate: ArchiveGate, accounts: Accounts
) -> APIRouter:
    """Return the lists of learners and of technical traces."""
    router = APIRouter(tags=["registers"])
    learners = kernel.read_model(Learners())
    traces = kernel.read_model(Traces())

    @router.get("/learners")
    async def list_learners(
        who: Caller, stated: Stated, page: PageNumber = 1, size: PageSize = 20
    ) -> Page:
        """Return learners' names and account states, newest first.

        Those in the intermediate archive are for compliance alone, with a reason (C2.5).
        """
        sees_all = who.role in COMPLIANCE and stated is not None
        query = {} if sees_all else {"archived": {"$ne": True}}
        hide = archived_hidden(gate, who, stated, Category.CIVIL_IDENTITY, about="_id")
        return await page_of(
            learners,
            kernel.vault,
            query=query,
            newest="registered_at",
            page=page,
            size=size,
            hide=hide,
        )

    @router.post("/learners/{learner_id}/merge")
    async def merge(
        learner_id: str, body: bodies.MergeBody, principal: Caller, once: Once
    ) -> dict[str, str]:
        """Close a duplicate account; its terms follow the one that stays. There is no way back."""
        meta = Metadata.by(principal, once)
        await accounts.merge(SubjectId(learner_id), SubjectId(body.surviving_id), meta)
        return {}

    @router.get("/traces")
    async def list_traces(
        who: Caller, stated: Stated, page: PageNumber = 1, size: PageSize = 20
    ) -> Page:
        """Return technical traces by person and month, latest first; security alone (C1.5).

        Those of archived persons are empty unless a reason is stated.
        """
        traced = Category.TECHNICAL_TRACES
        hide = archived_hidden(gate, who, stated, traced, hide={"traces": []})
        return await page_of(traces, kernel.vault, newest="latest", page=page, size=size, hide=hide)

    return router
