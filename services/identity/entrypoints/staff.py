"""Appointing and dismissing staff over HTTP (C4.1)."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from fastapi import APIRouter

from services.identity.application.staff import Appointment, Staff
from services.identity.entrypoints import bodies
from services.identity.entrypoints.answers import ListedStaff, PageOf
from services.identity.entrypoints.lists import Page, PageNumber, PageSize, page_of
from services.identity.projections.staff import StaffList
from services.identity.settings import IdentitySettings
from shared.event_store import Metadata
from shared.events.base import SubjectId
from shared.http.auth import Caller, Role
from shared.http.idempotency import Once
from shared.service import Kernel


def staff_router(kernel: Kernel[IdentitySettings], staff: Staff) -> APIRouter:
    """Return the endpoints about staff."""
    router = APIRouter(tags=["staff"])
    members = kernel.read_model(StaffList())

    @router.post("/staff", status_code=201)
    async def appoint(body: bodies.StaffBody, principal: Caller, once: Once) -> dict[str, str]:
        """Give somebody a role that ends on a day, a year from now if none is named.

        That of DPO or administrator counts once a second administrator has confirmed it. 409 when
        the address belongs to another account.
        """
        staff_id = SubjectId(once.first_id())
        wanted = Appointment(
            name=body.name,
            email=body.email,
            role=body.role,
            password=body.password,
            expires_at=None if body.expires_on is None else _end_of(body.expires_on),
            language=body.language,
        )
        by = "" if principal.role is Role.SYSTEM else principal.subject
        await staff.appoint(staff_id, wanted, by=by, meta=Metadata.by(principal, once))
        return {"staff_id": staff_id}

    @router.get("/staff", response_model=PageOf[ListedStaff])
    async def list_staff(
        page: PageNumber = 1,
        size: PageSize = 20,
        serving: bool = False,  # noqa: FBT001, FBT002 - a query's name
    ) -> Page:
        """Return the staff, newest first; only those who have not left where `serving` says so."""
        query = {"departed": False} if serving else None
        return await page_of(
            members, kernel.vault, query=query, newest="appointed_at", page=page, size=size
        )

    @router.post("/staff/{staff_id}/confirmation", status_code=204)
    async def confirm(staff_id: str, principal: Caller, once: Once) -> None:
        """Agree to an appointment as the second person; 403 to who appointed or is appointed."""
        await staff.confirm(SubjectId(staff_id), Metadata.by(principal, once))

    @router.delete("/staff/{staff_id}", status_code=204)
    async def depart(staff_id: str, principal: Caller, once: Once) -> None:
        """End every right of a member of staff."""
        await staff.depart(SubjectId(staff_id), Metadata.by(principal, once))

    return router


def _end_of(day: date) -> datetime:
    """Return when `day` is over in Paris."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo("Europe/Paris"))
