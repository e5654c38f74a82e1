"""Signing in through an external OpenID Connect provider: the way there and back."""

from http import HTTPStatus
from typing import Final
from urllib.parse import quote, unquote

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from services.gateway.pages.home import inner_path
from services.gateway.pages.sign_in import arrived, started
from services.gateway.services import ServiceProblemError
from services.gateway.visitor import Anyone, Visitor
from services.gateway.wording import marked

router = APIRouter(prefix="/sign-in/provider")

COOKIE: Final = "provider"
"""What a browser comes back with, and where it goes then; the provider never sees it."""
AWAY_SECONDS: Final = 600
REFUSED: Final = marked("The identity provider did not confirm this sign-in. Start again.")


@router.get("")
async def leave(visitor: Anyone, next: str = "") -> Response:  # noqa: A002 - the query's name
    """Send the browser to the provider; a reload begins anew."""
    _require_configured(visitor)
    onward = inner_path(next, "")
    try:
        led = await visitor.caller.send("POST", "identity", "/provider-sign-ins")
    except ServiceProblemError as error:
        return visitor.refused("pages/sign_in.html", error, {}, next=onward)
    response = RedirectResponse(led["address"], HTTPStatus.SEE_OTHER)
    kept = f"{led['pending']}~{quote(onward, safe='')}"
    name = visitor.portal.cookie_name(COOKIE)
    visitor.set_cookie(response, name, kept, seconds=AWAY_SECONDS)
    visitor.leave_cookies(response)
    return response


@router.get("/back")
async def come_back(visitor: Anyone, code: str = "", state: str = "", error: str = "") -> Response:
    """Start a session for whom the provider vouches for; what it refuses is told in words."""
    _require_configured(visitor)
    name = visitor.portal.cookie_name(COOKIE)
    pending, _, onward = visitor.request.cookies.get(name, "").partition("~")
    onward = inner_path(unquote(onward), "")
    if error or not (code and state and pending):
        response: Response = visitor.page(
            "pages/sign_in.html",
            status=HTTPStatus.FORBIDDEN,
            problem=visitor.words.say(REFUSED),
            next=onward,
        )
    else:
        response = await _signed_in(visitor, code, state, pending, onward)
    visitor.drop_cookie(response, name)
    return response


@router.post("/logout")
async def log_out(visitor: Anyone, request: Request) -> Response:
    """Take the provider's word, signed, that somebody has signed out there (back channel).

    OpenID Connect Back-Channel Logout 1.0: 200 once the sessions are over, 400 otherwise.
    """
    _require_configured(visitor)
    async with request.form(max_files=0, max_fields=10) as form:
        token = form.get("logout_token")
    body = {"logout_token": token if isinstance(token, str) else ""}
    headers = {"Cache-Control": "no-store"}
    try:
        await visitor.caller.send("POST", "identity", "/provider-logouts", body)
    except ServiceProblemError as error:
        return JSONResponse(
            {"error": "invalid_request", "error_description": error.code},
            HTTPStatus.BAD_REQUEST,
            headers,
        )
    return Response(status_code=HTTPStatus.OK, headers=headers)


async def _signed_in(
    visitor: Visitor, code: str, state: str, pending: str, onward: str
) -> Response:
    browser = visitor.request.headers.get("user-agent", "")[:300]
    device = visitor.request.cookies.get(visitor.portal.cookie_name("device"))
    body = {
        "code": code,
        "state": state,
        "pending": pending,
        "browser": browser,
        "device": device,
    }
    try:
        who = await visitor.caller.send("POST", "identity", "/sessions/provider", body)
    except ServiceProblemError as refusal:
        return visitor.refused("pages/sign_in.html", refusal, {}, next=onward)
    return arrived(visitor, await started(visitor, who), onward)


def _require_configured(visitor: Visitor) -> None:
    if visitor.portal.settings.oidc_name is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
