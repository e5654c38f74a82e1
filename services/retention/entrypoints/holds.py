"""What the data protection officer does about holds, and the alarms."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from services.retention.application.uses import Uses
from services.retention.domain.hold.commands import PlaceHold
from services.retention.domain.hold.events import Ground
from services.retention.entrypoints.paging import (
    PAGE,
    DayOrInstant,
    Officer,
    Page,
    instant_of,
    page_of,
)
from shared.event_store import Metadata
from shared.events.base import Identifier, SubjectId
from shared.http.idempotency import Once
from shared.personal import Category


class HoldBody(BaseModel):
    """A hold to place; free of personal data."""

    subject_id: Identifier
    categories: list[Category]
    ground: Ground
    expires_at: DayOrInstant
    """A day is kept until it is over in Paris."""
    reference: Identifier = "none"
    """File number of the authority or court, never a name."""
    reviewer: Identifier | None = None
    """Who answers for it; the caller when absent."""


def holds_router(uses: Uses) -> APIRouter:
    """Return the routes of holds and alarms."""
    router = APIRouter(tags=["holds and alarms"])

    @router.get("/holds")
    async def holds(_: Officer, page: Page = 1) -> dict[str, Any]:
        """Return a page of holds with their state: active, expired or lifted."""
        now = uses.clock.now()
        found = await uses.hold_list.find(
            sort=[("placed_at", -1)], skip=(page - 1) * PAGE, limit=PAGE
        )
        items = [{**one, "state": _hold_state(one, now)} for one in found]
        return page_of(items, page, await uses.hold_list.count())

    @router.get("/holds/{hold_id}")
    async def hold(hold_id: str, _: Officer) -> dict[str, Any]:
        """Return what happened to one hold, reference and reviewers included."""
        history = await uses.holds.history(hold_id)
        return {
            "hold_id": hold_id,
            "history": [
                {"event": event.type_name(), **event.model_dump(mode="json")} for event in history
            ],
        }

    @router.post("/holds", status_code=201)
    async def place_hold(
        body: HoldBody,
        officer: Officer,
        once: Once,
    ) -> dict[str, str]:
        """Keep categories of one person's data from going (C6.2, C8.4)."""
        command = PlaceHold(
            hold_id=once.first_id(),
            subject_id=SubjectId(body.subject_id),
            categories=tuple(body.categories),
            ground=body.ground,
            reference=body.reference,
            reviewer=body.reviewer or officer.subject,
            expires_at=instant_of(body.expires_at),
            at=uses.clock.now(),
        )
        meta = Metadata.by(officer, once)
        return {"hold_id": await uses.holds.place(command, meta)}

    @router.delete("/holds/{hold_id}", status_code=204)
    async def lift_hold(hold_id: str, officer: Officer, once: Once) -> None:
        """Lift a hold; what it stopped resumes by itself."""
        await uses.holds.lift(hold_id, officer.subject, Metadata.by(officer, once))

    @router.get("/alarms")
    async def alarms(_: Officer, page: Page = 1, everything: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - a query parameter
        """Return a page of alarms that are not settled, the latest first."""
        query = {} if everything else {"open": True}
        found = await uses.alarm_list.find(
            query, sort=[("raised_at", -1)], skip=(page - 1) * PAGE, limit=PAGE
        )
        return page_of(found, page, await uses.alarm_list.count(query))

    return router


def _hold_state(hold: dict[str, Any], now: datetime) -> str:
    if hold["lifted_at"] is not None:
        return "expired" if hold["lifted_at"] >= hold["expires_at"] else "lifted"
    return "active" if now < hold["expires_at"] else "expired"
