"""Signing in and out."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.navigation import first_page
from services.gateway.pages.home import inner_path
from services.gateway.services import ServiceProblemError
from services.gateway.visitor import YEAR, Anyone, Visitor
from shared.http.auth import Role

router = APIRouter()


@router.get("/sign-in")
async def show_sign_in(visitor: Anyone, next: str = "") -> Response:  # noqa: A002 - the query's name
    """Ask for e-mail address and password."""
    if visitor.role:
        return visitor.go(first_page(visitor.role))
    return visitor.page("pages/sign_in.html", next=inner_path(next, ""))


@router.post("/sign-in")
async def sign_in(visitor: Anyone) -> Response:
    """Start a session for a learner or a member of staff."""
    form = await visitor.form()
    onward = inner_path(form.get("next"), "")
    try:
        signed_in = await open_session(
            visitor, form.get("email", ""), form.get("password", ""), form.get("screen")
        )
    except ServiceProblemError as error:
        values = {"email": form.get("email", "")}
        return visitor.refused("pages/sign_in.html", error, values, next=onward)
    response = visitor.go(onward or first_page(signed_in.role))
    signed_in.leave_cookies(visitor, response)
    return response


@router.post("/sign-out")
async def sign_out(visitor: Anyone) -> Response:
    """End the session here, and have identity tell every service."""
    await visitor.form()
    response = visitor.go("/", notice="signed-out")
    if visitor.session:
        await visitor.portal.sessions.end(visitor.session)
        visitor.drop_cookie(response, visitor.portal.cookie_name("session"))
        await visitor.caller.send("DELETE", "identity", "/sessions")
    return response


@dataclass(frozen=True, slots=True)
class SignedInBrowser:
    """What a browser keeps of a sign-in: the session's token, and what makes it a known device."""

    token: str
    role: Role
    device: str

    def leave_cookies(self, visitor: Visitor, response: Response) -> None:
        """Give the browser its session and the mark of a known device."""
        set_session_cookie(visitor, response, self.token)
        set_device_cookie(visitor, response, self.device)


async def open_session(
    visitor: Visitor, email: str, password: str, screen: str | None
) -> SignedInBrowser:
    """Sign in with identity and start a session for this browser.

    Raises:
        ServiceProblemError: identity does not accept the credentials.
        ServiceAwayError: identity does not answer.
    """
    browser = visitor.request.headers.get("user-agent", "")[:300]
    body = {
        "email": email,
        "password": password,
        "browser": browser,
        "screen": screen or None,
        "device": visitor.request.cookies.get(visitor.portal.cookie_name("device")),
    }
    who = await visitor.caller.send("POST", "identity", "/sessions", body)
    role = Role(who["role"])
    ends_at = datetime.fromisoformat(who["ends_at"]) if who.get("ends_at") else None
    token = await visitor.portal.sessions.start(
        who["subject"], role, who.get("language"), visitor.device, ends_at=ends_at
    )
    return SignedInBrowser(token, role, who["device"])


def set_session_cookie(visitor: Visitor, response: Response, token: str) -> None:
    """Give the browser its session until the session ends."""
    seconds = int(visitor.portal.settings.session_length.total_seconds())
    visitor.set_cookie(response, visitor.portal.cookie_name("session"), token, seconds=seconds)


def set_device_cookie(visitor: Visitor, response: Response, device: str) -> None:
    """Let the browser show, at its next sign-in, that its owner has used it before."""
    visitor.set_cookie(response, visitor.portal.cookie_name("device"), device, seconds=YEAR)
