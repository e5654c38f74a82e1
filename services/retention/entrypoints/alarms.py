"""What the data protection officer asks about alarms."""

from typing import Any

from fastapi import APIRouter

from services.retention.application.uses import Uses
from services.retention.entrypoints.paging import PAGE, Page, page_of


def alarms_router(uses: Uses) -> APIRouter:
    """Return the route of alarms."""
    router = APIRouter(tags=["alarms"])

    @router.get("/alarms")
    async def alarms(page: Page = 1, everything: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - a query parameter
        """Return a page of alarms that are not settled, the latest first."""
        query = {} if everything else {"open": True}
        found = await uses.alarm_list.find(
            query, sort=[("raised_at", -1)], skip=(page - 1) * PAGE, limit=PAGE
        )
        return page_of(found, page, await uses.alarm_list.count(query))

    return router
