"""Who looked at what: for the person, and for the data protection officer (C2.5, C7.4)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, get_args

from fastapi import APIRouter

from services.retention.application.uses import Uses
from services.retention.domain.life.life import Life
from services.retention.entrypoints.paging import PAGE, Page, page_of
from shared.events.retention import Ground
from shared.http.auth import Caller

TOLD: Final = ("role", "service", "categories", "reason", "read_at", "archived")
MOST: Final = 1000
PROCEEDINGS: Final = frozenset(get_args(Ground))
"""Reasons that would tell of a hold that the person must not learn of yet."""


def archive_router(uses: Uses) -> APIRouter:
    """Return the routes of readings of the archive."""
    router = APIRouter(tags=["intermediate archive"])

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
        query = {"subject_id": learner.subject}
        found = [
            {**one, "archived": archived}
            for model, archived in ((uses.readings, False), (uses.archive_readings, True))
            for one in await model.find(query, sort=[("read_at", -1)], limit=MOST)
        ]
        life, now = await uses.lives.load(learner.subject), uses.clock.now()
        told = [one for one in found if life is None or not _tells_a_secret(life, one, now)]
        told.sort(key=lambda one: one["read_at"], reverse=True)
        return {
            "items": [
                {
                    **{name: one[name] for name in TOLD},
                    "break_glass": one.get("break_glass") is not None,
                }
                for one in told[:MOST]
            ]
        }

    return router


def _tells_a_secret(life: Life, reading: Mapping[str, Any], now: datetime) -> bool:
    """Whether the reading belongs to proceedings of which the person must not learn yet."""
    since = [
        hold.placed_at
        for hold in life.holds.values()
        if hold.is_secret(now) and hold.placed_at is not None
    ]
    return reading["reason"] in PROCEEDINGS and bool(since) and min(since) <= reading["read_at"]
