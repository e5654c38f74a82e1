"""Sign-in security: authenticator app, passkeys and recovery codes of who is signed in (C7.3)."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from services.gateway.pages.sign_in import restart, set_session_cookie
from services.gateway.passkey_forms import answer_of
from services.gateway.qr_code import qr_code
from services.gateway.services import Json, ServiceProblemError
from services.gateway.visitor import Enrolling, SignedIn, Visitor

router = APIRouter(prefix="/account/security")

PATH = "/me/authenticators"


@router.get("")
async def show(visitor: Enrolling) -> Response:
    """Show by what the account can be opened, and offer more."""
    return visitor.page("pages/security.html", **await _context(visitor))


@router.post("/totp")
async def propose(visitor: Enrolling) -> Response:
    """Begin to enrol an authenticator app."""
    form = await visitor.form()
    await visitor.caller.send("POST", "identity", f"{PATH}/totp", key=form.get("once"))
    return visitor.go("/account/security/totp")


@router.get("/totp")
async def show_proposed(visitor: Enrolling) -> Response:
    """Show the secret that waits for its first code; a reload shows the same one."""
    try:
        return visitor.page("pages/totp.html", **await _proposed(visitor))
    except ServiceProblemError:
        return visitor.go("/account/security", notice="proposal-over")


@router.post("/totp/confirmation")
async def confirm(visitor: Enrolling) -> Response:
    """Let the authenticator app count; every other session ends."""
    form = await visitor.form()
    try:
        made = await visitor.caller.send(
            "POST",
            "identity",
            f"{PATH}/totp/confirmation",
            {"code": form.get("code", "")},
            key=form.get("once"),
        )
    except ServiceProblemError as error:
        if not error.fields and error.retry_after is None:
            return visitor.go("/account/security", notice="proposal-over")
        return visitor.refused("pages/totp.html", error, {}, **await _proposed(visitor))
    return await _added(visitor, made["recovery_codes"])


@router.post("/totp/removal")
async def remove_totp(visitor: SignedIn) -> Response:
    """Do without the authenticator app."""
    return await _remove(visitor, f"{PATH}/totp")


@router.get("/passkeys/new")
async def show_passkey(visitor: Enrolling) -> Response:
    """Ask for the name of a new passkey, which the browser then makes."""
    visitor.require_recent()
    return visitor.page("pages/passkey.html")


@router.post("/passkeys/challenge")
async def begin(visitor: Enrolling) -> Response:
    """Hand the browser what a new passkey is made with."""
    await visitor.form()
    made = await visitor.caller.send("POST", "identity", "/me/authenticators/passkeys/challenge")
    return JSONResponse(made)


@router.post("/passkeys")
async def add_passkey(visitor: Enrolling) -> Response:
    """Let the passkey count that the browser has made; every other session ends."""
    form = await visitor.form()
    body = {**answer_of(form), "name": form.get("name", "")}
    try:
        made = await visitor.caller.send(
            "POST", "identity", f"{PATH}/passkeys", body, key=form.get("once")
        )
    except ServiceProblemError as error:
        return visitor.refused("pages/passkey.html", error, {"name": body["name"]})
    return await _added(visitor, made["recovery_codes"])


@router.post("/passkeys/{passkey_id}/removal")
async def remove_passkey(visitor: SignedIn, passkey_id: str) -> Response:
    """Do without a passkey."""
    return await _remove(visitor, f"{PATH}/passkeys/{passkey_id}")


@router.post("/passkeys/{passkey_id}/name")
async def rename_passkey(visitor: SignedIn, passkey_id: str) -> Response:
    """Call a passkey something else."""
    form = await visitor.form()
    body = {"name": form.get("name", "")}
    path = f"{PATH}/passkeys/{passkey_id}/name"
    try:
        await visitor.caller.send("PUT", "identity", path, body, key=form.get("once"))
    except ServiceProblemError as error:
        return visitor.refused("pages/security.html", error, {}, **await _context(visitor))
    return visitor.go("/account/security", notice="passkey-renamed")


@router.post("/recovery-codes")
async def renew(visitor: SignedIn) -> Response:
    """Replace the recovery codes and show the new ones, this once."""
    form = await visitor.form()
    path = f"{PATH}/recovery-codes"
    made = await visitor.caller.send("POST", "identity", path, key=form.get("once"))
    return _codes(visitor, made["recovery_codes"])


async def _remove(visitor: Visitor, path: str) -> Response:
    form = await visitor.form()
    try:
        left = await visitor.caller.send("DELETE", "identity", path, key=form.get("once"))
    except ServiceProblemError as error:
        return visitor.refused("pages/security.html", error, {}, **await _context(visitor))
    response = visitor.go("/account/security", notice="authenticator-removed")
    set_session_cookie(visitor, response, await restart(visitor, strong=left["enrolled"]))
    return response


async def _added(visitor: Visitor, codes: list[str]) -> Response:
    token = await restart(visitor, strong=True)
    visitor.session = await visitor.portal.sessions.find(token)
    if codes:
        response = _codes(visitor, codes)
    else:
        response = visitor.go("/account/security", notice="authenticator-added")
    set_session_cookie(visitor, response, token)
    return response


def _codes(visitor: Visitor, codes: list[str]) -> Response:
    return visitor.page("pages/recovery_codes.html", codes=codes)


async def _proposed(visitor: Visitor) -> dict[str, Json]:
    found = await visitor.caller.get("identity", f"{PATH}/totp")
    return {"proposed": found, "code": qr_code(found["uri"])}


async def _context(visitor: Visitor) -> dict[str, Json]:
    return {"held": await visitor.caller.get("identity", PATH)}
