"""Signing in and out."""

from http import HTTPStatus

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.navigation import first_page
from services.gateway.pages.home import inner_path
from services.gateway.services import ServiceProblemError
from services.gateway.visitor import Anyone, Visitor
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
        token, role = await open_session(
            visitor, form.get("email", ""), form.get("password", ""), form.get("screen")
        )
    except ServiceProblemError as error:
        status = HTTPStatus.UNPROCESSABLE_ENTITY if error.fields else error.status
        return visitor.page(
            "pages/sign_in.html",
            status=status,
            next=onward,
            values={"email": form.get("email", "")},
            problem=error.title,
        )
    response = visitor.go(onward or first_page(role))
    set_session_cookie(visitor, response, token)
    return response


@router.post("/sign-out")
async def sign_out(visitor: Anyone) -> Response:
    """End the session here, and tell identity that the learner left."""
    await visitor.form()
    response = visitor.go("/", notice="signed-out")
    if visitor.session:
        await visitor.portal.sessions.end(visitor.session)
        response.delete_cookie(visitor.portal.cookie_name("session"))
        if visitor.role is Role.LEARNER:
            await visitor.caller.send("DELETE", "identity", "/sessions")
    return response


async def open_session(
    visitor: Visitor, email: str, password: str, screen: str | None
) -> tuple[str, Role]:
    """Sign in with identity and return the token for the session cookie, and the role.

    Raises:
        ServiceProblemError: identity does not accept the credentials.
        ServiceAwayError: identity does not answer.
    """
    browser = visitor.request.headers.get("user-agent", "")[:300]
    body = {"email": email, "password": password, "browser": browser, "screen": screen or None}
    who = await visitor.caller.send("POST", "identity", "/sessions", body)
    role = Role(who["role"])
    token = await visitor.portal.sessions.start(
        who["subject"], role, who.get("language"), visitor.device
    )
    return token, role


def set_session_cookie(visitor: Visitor, response: Response, token: str) -> None:
    """Give the browser its session until the session ends."""
    seconds = int(visitor.portal.settings.session_length.total_seconds())
    visitor.set_cookie(response, visitor.portal.cookie_name("session"), token, seconds=seconds)
