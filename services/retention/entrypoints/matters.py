"""What the data protection officer does about matters: disputes, demands and audits."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from fastapi import APIRouter
from pydantic import BaseModel

from services.retention.application.uses import Uses
from services.retention.domain.errors import MatterNotFoundError
from services.retention.domain.hold.events import Reason
from services.retention.domain.matter.commands import OpenMatter
from services.retention.domain.proposal.acts import CloseMatter
from services.retention.entrypoints.paging import PAGE, Page, page_of
from services.retention.entrypoints.proposals import ProposedView, asked
from shared.event_store import Metadata
from shared.events.base import Identifier
from shared.events.retention import Authority, Ground
from shared.http.auth import Caller
from shared.http.idempotency import Once

IN_STATE: Final[Mapping[str, Mapping[str, Any]]] = {
    "": {},
    "open": {"closed_at": None},
    "closed": {"closed_at": {"$ne": None}},
}


class MatterBody(BaseModel):
    """A matter to open; free of personal data."""

    ground: Ground
    authority: Authority
    reference: Identifier
    """File number of the authority or court, never a name."""
    reviewer: Identifier | None = None
    """Who answers for it; the caller when absent."""


class ClosureBody(BaseModel):
    """Why a matter is closed."""

    reason: Reason


def matters_router(uses: Uses) -> APIRouter:
    """Return the routes of matters."""
    router = APIRouter(tags=["matters"])

    @router.get("/matters")
    async def matters(state: Literal["", "open", "closed"] = "", page: Page = 1) -> dict[str, Any]:
        """Return a page of matters, the latest first, with their file numbers and holds."""
        query = IN_STATE[state]
        found = await uses.matter_list.find(
            query, sort=[("opened_at", -1)], skip=(page - 1) * PAGE, limit=PAGE
        )
        items = [await _view(uses, one["_id"], one) for one in found]
        return page_of(items, page, await uses.matter_list.count(query))

    @router.get("/matters/{matter_id}")
    async def matter(matter_id: str) -> dict[str, Any]:
        """Return one matter with its file number."""
        return await _view(uses, matter_id, await uses.matter_list.get(matter_id) or {})

    @router.post("/matters", status_code=201)
    async def open_matter(body: MatterBody, officer: Caller, once: Once) -> dict[str, str]:
        """Open a matter that holds may belong to (C6.2)."""
        command = OpenMatter(
            matter_id=once.first_id(),
            ground=body.ground,
            authority=body.authority,
            reference=body.reference,
            reviewer=body.reviewer or officer.subject,
            at=uses.clock.now(),
        )
        return {"matter_id": await uses.matters.open(command, Metadata.by(officer, once))}

    @router.post("/matters/{matter_id}/closure", status_code=202)
    async def close_matter(
        matter_id: Identifier, body: ClosureBody, officer: Caller, once: Once
    ) -> ProposedView:
        """Ask for a matter to be closed: once a second person confirms, its holds are lifted."""
        act = CloseMatter(matter_id=matter_id, reason=body.reason)
        return await asked(uses, act, Metadata.by(officer, once))

    return router


async def _view(uses: Uses, matter_id: str, known: dict[str, Any]) -> dict[str, Any]:
    state = await uses.matters.state(matter_id)
    if state.opened is None:
        raise MatterNotFoundError
    active = {"matter_id": matter_id, "lifted_at": None}
    return {
        **state.opened.model_dump(mode="json"),
        "state": "closed" if state.closed else "open",
        "closed_at": known.get("closed_at"),
        "active_holds": await uses.hold_list.count(active),
    }
