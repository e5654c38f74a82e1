"""The lists of learners and of technical traces over HTTP, and merging accounts."""

from fastapi import APIRouter

from services.identity.application.accounts import Accounts
from services.identity.entrypoints import bodies
from services.identity.entrypoints.answers import ListedLearner, PageOf, TracesOfMonth
from services.identity.entrypoints.lists import (
    Page,
    PageNumber,
    PageSize,
    archived_hidden,
    page_of,
)
from services.identity.projections.learners import Learners
from services.identity.projections.traces import Traces
from services.identity.settings import IdentitySettings
from shared.archive import COMPLIANCE, ArchiveGate, Stated
from shared.event_store import Metadata
from shared.events.base import SubjectId
from shared.http.auth import Caller
from shared.http.idempotency import Once
from shared.personal import Category
from shared.service import Kernel


def registers_router(
    kernel: Kernel[IdentitySettings], gate: ArchiveGate, accounts: Accounts
) -> APIRouter:
    """Return the lists of learners and of technical traces."""
    router = APIRouter(tags=["registers"])
    learners = kernel.read_model(Learners())
    traces = kernel.read_model(Traces())

    @router.get("/learners", response_model=PageOf[ListedLearner])
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

    @router.get("/traces", response_model=PageOf[TracesOfMonth])
    async def list_traces(
        who: Caller, stated: Stated, page: PageNumber = 1, size: PageSize = 20
    ) -> Page:
        """Return technical traces by person and month, latest first; security alone (C1.5).

        Those of archived persons are empty unless a reason is stated.
        """
        traced = Category.TECHNICAL_TRACES
        hide = archived_hidden(gate, who, stated, traced, about="subject_id", hide={"traces": []})
        return await page_of(traces, kernel.vault, newest="latest", page=page, size=size, hide=hide)

    return router
