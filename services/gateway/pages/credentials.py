"""A forgotten password, another password, another e-mail address."""

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.pages.sign_in import restart, set_device_cookie, set_session_cookie, told
from services.gateway.services import ServiceProblemError
from services.gateway.visitor import Anyone, Learner, SignedIn
from services.gateway.wording import marked

router = APIRouter()


@router.get("/recover")
async def show_recovery(visitor: Anyone) -> Response:
    """Ask for the address of the account whose password is forgotten."""
    return visitor.page("pages/recover.html")


@router.post("/recover")
async def recover(visitor: Anyone) -> Response:
    """Have a link sent; the answer never tells whether the address has an account."""
    form = await visitor.form()
    values = {"email": form.get("email", "")}
    try:
        await visitor.caller.send("POST", "identity", "/recoveries", values, key=form.get("once"))
    except ServiceProblemError as error:
        return visitor.refused("pages/recover.html", error, values)
    return told(
        visitor,
        marked("Look into your mailbox"),
        marked(
            "If an account has this address, we have just sent it a link to choose a new"
            " password. The link serves once, within an hour. Nothing there? Look among unwanted"
            " mail, or try the other addresses you use."
        ),
    )


@router.get("/new-password")
async def show_reset(visitor: Anyone, token: str = "") -> Response:
    """Ask for the new password that a recovery link allows."""
    return visitor.page("pages/new_password.html", token=token, spent=False)


@router.post("/new-password")
async def reset(visitor: Anyone) -> Response:
    """Replace the forgotten password; every session opened with it ends."""
    form = await visitor.form()
    token = form.get("token", "")
    body = {"token": token, "password": form.get("password", "")}
    try:
        answer = await visitor.caller.send(
            "POST", "identity", "/passwords", body, key=form.get("once")
        )
    except ServiceProblemError as error:
        spent = not error.fields
        return visitor.refused("pages/new_password.html", error, {}, token=token, spent=spent)
    response = visitor.go("/sign-in", notice="password-changed")
    set_device_cookie(visitor, response, answer["device"])
    return response


@router.get("/account/password")
async def show_password(visitor: SignedIn) -> Response:
    """Ask for the password and the one to replace it."""
    visitor.require_recent()
    return visitor.page("pages/password.html")


@router.post("/account/password")
async def change_password(visitor: SignedIn) -> Response:
    """Replace the password; of the sessions only this one goes on, under a new cookie."""
    form = await visitor.form()
    body = {name: form.get(name, "") for name in ("current_password", "password")}
    try:
        await visitor.caller.send("PUT", "identity", "/me/password", body, key=form.get("once"))
    except ServiceProblemError as error:
        return visitor.refused("pages/password.html", error, {})
    response = visitor.go("/account/sessions", notice="password-changed-here")
    token = await restart(visitor, strong=visitor.session_in_use.proof.strong)
    set_session_cookie(visitor, response, token)
    return response


@router.get("/account/email")
async def show_email(visitor: Learner) -> Response:
    """Ask for another address, or tell which one waits to be confirmed."""
    visitor.require_recent()
    return visitor.page("pages/email.html", me=await visitor.caller.get("identity", "/me"))


@router.post("/account/email")
async def change_email(visitor: Learner) -> Response:
    """Have both addresses told; nothing changes before the new one is confirmed."""
    form = await visitor.form()
    body = {"email": form.get("email", ""), "current_password": form.get("current_password", "")}
    try:
        await visitor.caller.send(
            "POST", "identity", "/me/email-change", body, key=form.get("once")
        )
    except ServiceProblemError as error:
        me = await visitor.caller.get("identity", "/me")
        return visitor.refused("pages/email.html", error, {"email": body["email"]}, me=me)
    return visitor.go("/account/email", notice="email-asked")


@router.post("/account/email/cancel")
async def cancel_email(visitor: Learner) -> Response:
    """Give up a change of address that is still to be confirmed."""
    form = await visitor.form()
    await visitor.caller.send("DELETE", "identity", "/me/email-change", key=form.get("once"))
    return visitor.go("/account/email", notice="email-cancelled")


@router.get("/confirm-email")
async def show_email_confirmation(visitor: Anyone, token: str = "") -> Response:
    """Ask for one press: mail scanners open links, only people press buttons."""
    return visitor.page("pages/confirm_email.html", token=token)


@router.post("/confirm-email")
async def confirm_email(visitor: Anyone) -> Response:
    """Let the new address count."""
    form = await visitor.form()
    try:
        await visitor.caller.send(
            "POST",
            "identity",
            "/email-changes/confirmations",
            {"token": form.get("token", "")},
            key=form.get("once"),
        )
    except ServiceProblemError as error:
        return visitor.refused("pages/confirm_email.html", error, {}, token="")
    return told(
        visitor,
        marked("Your new address is confirmed"),
        marked(
            "From now on you sign in with it, and our messages go there. The address before was"
            " told as well; it can undo the change for a week."
        ),
    )


@router.get("/stop-email-change")
async def show_stop(visitor: Anyone, token: str = "") -> Response:
    """Say what stopping a change of address does, and ask for one press."""
    return visitor.page("pages/stop_email_change.html", token=token)


@router.post("/stop-email-change")
async def stop(visitor: Anyone) -> Response:
    """Undo the change for the owner of the old address."""
    form = await visitor.form()
    try:
        await visitor.caller.send(
            "POST",
            "identity",
            "/email-changes/stops",
            {"token": form.get("token", "")},
            key=form.get("once"),
        )
    except ServiceProblemError as error:
        return visitor.refused("pages/stop_email_change.html", error, {}, token="")
    return told(
        visitor,
        marked("The change is stopped"),
        marked(
            "Your address is the one you know, every session has ended, and the password no longer"
            " opens the account. We have just sent you a link to choose a new one."
        ),
    )
