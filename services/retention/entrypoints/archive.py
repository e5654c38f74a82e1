"""Who looked at what: for the person, and for the data protection officer (C2.5, C7.4)."""

from typing import Any, Final

from fastapi import APIRouter

from services.retention.application.readings import Readings
from services.retention.application.uses import Uses
from services.retention.entrypoints.paging import PAGE, Page, page_of
from shared.http.auth import Caller

TOLD: Final = ("role", "service", "categories", "reason", "read_at", "archived")


def archive_router(uses: Uses) -> APIRouter:
    """Return the routes of readings of the archive."""
    router = APIRouter(tags=["intermediate archive"])
    told = Readings(uses)

    @router.get("/archive-readings")
    async def readings(subject: str = "", page: Page = 1) -> dict[str, Any]:
        """Return a page of readings, the latest first, narrowed to one person."""
        query = {"subject_id": subject} if subject else {}
        found = await uses.archive_readings.find(
            query, sort=[("read_at", -1)], skip=(page - 1) * PAGE, limit=PAGE
        )
        return page_of(found, page, await uses.archive_readings.count(query))

    @router.get("/readings")
    async def all_readings(subject: str = "", page: Page = 1) -> dict[str, Any]:
        """Return a page of readings of data in use, the latest first, narrowed to one person."""
        query = {"subject_id": subject} if subject else {}
        found = await uses.readings.find(
            query, sort=[("read_at", -1)], skip=(page - 1) * PAGE, limit=PAGE
        )
        return page_of(found, page, await uses.readings.count(query))

    @router.get("/me/readings")
    async def my_readings(learner: Caller) -> dict[str, Any]:
        """Tell the caller which role of staff looked at which of their data, when and why.

        `break_glass`: whether it was read beyond what that member of staff may usually see.
        The latest thousand of data in use and of the archive, in one list.
        """
        return {
            "items": [
                {
                    **{name: one[name] for name in TOLD},
                    "break_glass": one.get("break_glass") is not None,
                }
                for one in await told.of(learner.subject)
            ]
        }

    return router
