"""Leaving a mailing in one press, without an account, a session or a cookie (C9.2, RFC 8058)."""

from http import HTTPStatus
from typing import Final

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.services import ServiceProblemError
from services.gateway.uploads import form_of
from services.gateway.visitor import Anyone, Visitor

router = APIRouter()

ONE_CLICK: Final = ("List-Unsubscribe", "One-Click")
FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
MOST_BYTES: Final = 8_192
"""More than any mail program sends."""


@router.api_route("/unsubscribe", methods=["GET", "HEAD"])
async def show_unsubscription(visitor: Anyone, token: str = "") -> Response:
    """Show one button; following the link alone changes nothing, whoever follows it."""
    return visitor.page("pages/unsubscribe.html", token=token, done=False)


@router.post("/unsubscribe")
async def unsubscribe(visitor: Anyone, token: str = "") -> Response:
    """Withdraw the consent behind the link at once, without signing in.

    Mail programs post `List-Unsubscribe=One-Click` here by themselves, without cookie, referrer or
    origin; people press the button. The signed token is the only proof in both cases, so that the
    page needs no cookie either: nobody else can forge a form that has it.
    """
    fields = await _fields(visitor)
    by_program = fields.get(ONE_CLICK[0], "").strip() == ONE_CLICK[1]
    body = {
        "token": (token or fields.get("token", ""))[:1000],
        "place": "mail_program" if by_program else "letter",
    }
    try:
        await visitor.caller.send("POST", "consent", "/unsubscriptions", body)
    except ServiceProblemError as error:
        return visitor.refused("pages/unsubscribe.html", error, {}, token="", done=False)
    return visitor.page("pages/unsubscribe.html", token="", done=True, status=HTTPStatus.OK)


async def _fields(visitor: Visitor) -> dict[str, str]:
    """Return what was posted, also where a program calls a form by another name or none."""
    request = visitor.request
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in FORMS:
        text = (await request.body())[:MOST_BYTES].decode("utf-8", "replace").strip()
        return {ONE_CLICK[0]: ONE_CLICK[1]} if text == "=".join(ONE_CLICK) else {}
    fields = (await form_of(request)).fields
    return {name: value for name, value in fields.items() if isinstance(value, str)}
