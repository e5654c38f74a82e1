"""Confirming who one is before what needs it lately; then what was begun goes on (step-up).

The page keeps the form that was sent, save its passwords, and sends it again once confirmed: a
redirection that keeps method and body (307) leads back to where it was going.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import JSONResponse, RedirectResponse, Response

from services.gateway.form_guard import FIELD
from services.gateway.pages.home import inner_path
from services.gateway.pages.sign_in import set_session_cookie
from services.gateway.passkey_forms import answer_of
from services.gateway.services import ServiceProblemError
from services.gateway.uploads import form_of
from services.gateway.visitor import OF_PROOF, PASSWORDS, Enrolling, Visitor

router = APIRouter(prefix="/confirmation")

CHANGES: Final = "POST"


async def ask_for_confirmation(visitor: Visitor) -> Response:
    """Ask who is signed in to show it anew, keeping what was begun."""
    request = visitor.request
    query = f"?{request.url.query}" if request.url.query else ""
    return await _page(
        visitor,
        to=request.url.path + query,
        method=request.method,
        kept=await _kept(visitor),
        status=HTTPStatus.OK if request.method == "GET" else HTTPStatus.FORBIDDEN,
    )


@router.post("/challenge")
async def challenge(visitor: Enrolling) -> Response:
    """Hand the browser a challenge for a passkey of who is signed in."""
    await visitor.form()
    made = await visitor.caller.send("POST", "identity", "/me/authentication/challenge")
    return JSONResponse(made)


@router.post("")
async def confirm(visitor: Enrolling) -> Response:
    """Check what was given, and go on with what was begun."""
    form = await visitor.whole_form()
    to, method = inner_path(form.get("proof_to")), form.get("proof_method", "GET")
    try:
        token = await confirm_identity(visitor, _proof(form))
    except ServiceProblemError as error:
        kept = await _kept(visitor)
        return await _page(visitor, to=to, method=method, kept=kept, error=error)
    status = HTTPStatus.TEMPORARY_REDIRECT if method == CHANGES else HTTPStatus.SEE_OTHER
    response = RedirectResponse(to, status)
    set_session_cookie(visitor, response, token)
    return response


async def confirm_identity(visitor: Visitor, proof: Mapping[str, Any]) -> str:
    """Have identity check `proof`, and return the new token of the session.

    Raises:
        ServiceProblemError: it shows nothing.
    """
    found = await visitor.caller.send("POST", "identity", "/me/authentication", proof)
    return await visitor.portal.sessions.prove(visitor.session_in_use, strong=found["strong"])


def _proof(form: Mapping[str, str]) -> dict[str, Any]:
    if form.get("proof_credential"):
        return answer_of(form, OF_PROOF)
    if form.get("proof_code"):
        return {"code": form["proof_code"]}
    return {"password": form.get("proof_password", "")}


async def _kept(visitor: Visitor) -> list[tuple[str, str]]:
    """Return the fields that were sent; a password is never written into a page."""
    if visitor.request.method != CHANGES:
        return []
    fields = (await form_of(visitor.request)).fields
    return [
        (name, value)
        for name, value in fields.multi_items()
        if isinstance(value, str)
        and name not in PASSWORDS
        and name != FIELD
        and not name.startswith(OF_PROOF)
    ]


async def _page(
    visitor: Visitor,
    *,
    to: str,
    method: str,
    kept: list[tuple[str, str]],
    status: int = HTTPStatus.FORBIDDEN,
    error: ServiceProblemError | None = None,
) -> Response:
    found = await visitor.caller.get("identity", "/me/authenticators")
    context = {
        "to": to,
        "method": method,
        "kept": kept,
        "enrolled": found["enrolled"],
        "passkeys": bool(found["passkeys"]) and found["passkeys_available"],
        "codes": found["totp"] is not None or found["recovery_codes_left"] > 0,
    }
    if error is None:
        return visitor.page("pages/confirmation.html", status=status, **context)
    return visitor.refused("pages/confirmation.html", error, {}, **context)
