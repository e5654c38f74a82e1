"""The administrator's console: who works here, in which role (C4.3)."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway import labels
from services.gateway.services import Part, ServiceProblemError, items
from services.gateway.visitor import Visitor, may
from shared.http.auth import STAFF_ROLES

router = APIRouter(prefix="/staff")

Administrator = Annotated[
    Visitor,
    may(
        "identity GET /staff",
        "identity POST /staff",
        "identity DELETE /staff/{staff_id}",
        "identity POST /staff/{staff_id}/confirmation",
        "identity POST /staff/{staff_id}/authenticator-reset",
        "identity POST /staff/{staff_id}/authenticator-reset/confirmation",
        "identity POST /staff/{staff_id}/provider-invitation",
    ),
]

FIELDS = ("name", "email", "role", "password", "expires_on", "language")


@router.get("/team")
async def team(visitor: Administrator) -> Response:
    """Show the staff and appoint somebody."""
    part = await _team(visitor)
    return visitor.page("staff/team.html", team=part, role_options=roles(visitor))


@router.post("/team")
async def appoint(visitor: Administrator) -> Response:
    """Appoint a member of staff in one role."""
    form = await visitor.form()
    values = {name: form[name] for name in FIELDS if form.get(name)}
    try:
        await visitor.caller.send("POST", "identity", "/staff", values, key=form.get("once"))
    except ServiceProblemError as error:
        part = await _team(visitor)
        values.pop("password", None)
        return visitor.refused(
            "staff/team.html", error, values, team=part, role_options=roles(visitor)
        )
    return visitor.go("/staff/team", notice="appointed")


@router.post("/team/{staff_id}/confirmation")
async def confirm(visitor: Administrator, staff_id: str) -> Response:
    """Agree to an appointment as the second person."""
    path = f"/staff/{staff_id}/confirmation"
    return await _about(visitor, path, notice="appointment-confirmed")


@router.post("/team/{staff_id}/authenticator-reset")
async def ask_reset(visitor: Administrator, staff_id: str) -> Response:
    """Have somebody's second factors removed, once a second administrator agrees."""
    path = f"/staff/{staff_id}/authenticator-reset"
    return await _about(visitor, path, notice="reset-asked")


@router.post("/team/{staff_id}/authenticator-reset/confirmation")
async def confirm_reset(visitor: Administrator, staff_id: str) -> Response:
    """Agree to a reset as the second person."""
    path = f"/staff/{staff_id}/authenticator-reset/confirmation"
    return await _about(visitor, path, notice="reset-confirmed")


@router.post("/team/{staff_id}/provider-invitation")
async def invite_to_provider(visitor: Administrator, staff_id: str) -> Response:
    """Let a first sign-in with the external provider link somebody's account."""
    path = f"/staff/{staff_id}/provider-invitation"
    return await _about(visitor, path, notice="provider-invited")


@router.post("/team/{staff_id}/departure")
async def depart(visitor: Administrator, staff_id: str) -> Response:
    """End every right of a member of staff who leaves."""
    form = await visitor.form()
    await visitor.caller.send("DELETE", "identity", f"/staff/{staff_id}", key=form.get("once"))
    return visitor.go("/staff/team", notice="departed")


async def _about(visitor: Visitor, path: str, *, notice: str) -> Response:
    form = await visitor.form()
    try:
        await visitor.caller.send("POST", "identity", path, key=form.get("once"))
    except ServiceProblemError as error:
        part = await _team(visitor)
        return visitor.refused("staff/team.html", error, {}, team=part, role_options=roles(visitor))
    return visitor.go("/staff/team", notice=notice)


async def _team(visitor: Visitor) -> Part:
    """Return the staff, each with what there is to do about a reset for who looks."""
    part = await visitor.caller.part("identity", "/staff")
    me = visitor.session_in_use.subject
    for one in items(part.data):
        until = one.get("reset_until")
        waits = bool(until) and visitor.now < datetime.fromisoformat(until)
        may = me not in {one.get("reset_asked_by"), one["id"]}
        one["reset"] = ("to_confirm" if may else "awaited") if waits else None
    return part


def roles(visitor: Visitor) -> list[tuple[str, str]]:
    """Return the roles of staff with what they are called."""
    return [(str(role), labels.label(visitor.words, "role", role)) for role in sorted(STAFF_ROLES)]
