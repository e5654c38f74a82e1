"""The register of incidents: what the officer and security do about a breach (C7.8)."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final, Literal

from fastapi import APIRouter
from fastapi.responses import Response

from services.retention.application.notification import notification_of
from services.retention.application.uses import Uses
from services.retention.domain.incident.state import IncidentState
from services.retention.entrypoints.paging import (
    PAGE,
    Page,
    page_of,
)
from shared.consuming.projections import visible
from shared.http.download import download

IN_STATE: Final[Mapping[str, Mapping[str, Any]]] = {
    "": {},
    "open": {"closed_at": None},
    "closed": {"closed_at": {"$ne": None}},
}


def incidents_router(uses: Uses) -> APIRouter:
    """Return the routes of incidents."""
    router = APIRouter(tags=["incidents"])
    keeper, clock = uses.incidents, uses.clock

    @router.get("/incidents")
    async def incidents(
        state: Literal["", "open", "closed"] = "", page: Page = 1
    ) -> dict[str, Any]:
        """Return a page of incidents, the latest first."""
        query = IN_STATE[state]
        found = await uses.incident_list.find(
            query, sort=[("aware_at", -1)], skip=(page - 1) * PAGE, limit=PAGE
        )
        return page_of([visible(one) for one in found], page, await uses.incident_list.count(query))

    @router.get("/incidents/{incident_id}")
    async def incident(incident_id: str) -> dict[str, Any]:
        """Return one incident, what is still owed, and what happened."""
        state = await keeper.state(incident_id)
        history = await keeper.history(incident_id)
        return {
            **notification_of(state, clock.now()),
            "duties": state.duties,
            "dismissed": state.dismissed,
            "suspicion": _suspicion(state),
            "disclosure": {
                "ordered": None if state.ordered is None else state.ordered.persons,
                "told": state.told,
            },
            "lessons": state.lessons,
            "closed_at": state.closed_at,
            "history": [
                {
                    "event": record.event.type_name(),
                    "at": record.at,
                    "by": record.meta.actor,
                    "role": record.meta.role,
                }
                for record in history
            ],
        }

    @router.get("/incidents/{incident_id}/notification")
    async def notification(incident_id: str) -> dict[str, Any]:
        """Return the fields of the notification to the authority (GDPR art. 33(3))."""
        return notification_of(await keeper.state(incident_id), clock.now())

    @router.get("/incidents/{incident_id}/notification/pdf", response_class=Response)
    async def notification_pdf(incident_id: str) -> Response:
        """Return the same as a PDF in both languages."""
        fields = notification_of(await keeper.state(incident_id), clock.now())
        content = await asyncio.to_thread(_pdf, fields)
        return download(content, "application/pdf", f"carionexiq-{incident_id}.pdf")

    return router


def _suspicion(state: IncidentState) -> dict[str, Any] | None:
    """Return what an anomaly suggests to ask about the extent."""
    if state.opened is None or state.opened.suspicion is None:
        return None
    return state.opened.suspicion.model_dump(mode="json")


def _pdf(fields: dict[str, Any]) -> bytes:
    # Drawing PDFs brings more modules than all the rest: the service starts without.
    from services.retention.adapters.notification_pdf import drawn  # noqa: PLC0415

    return drawn(fields)
