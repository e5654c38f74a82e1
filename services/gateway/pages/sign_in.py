"""Signing in and out: password, then a second factor where there is one; or a passkey alone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from services.gateway.navigation import ENROLMENT, first_page
from services.gateway.pages.home import inner_path
from services.gateway.passkey_forms import answer_of
from services.gateway.services import Json, ServiceProblemError
from services.gateway.visitor import YEAR, Anyone, Visitor
from services.gateway.wording import marked
from services.gateway.zones import keep_zone
from shared.http.auth import STAFF_ROLES, Role

router = APIRouter()

PENDING_SECONDS: Final = 300
CLEARED: Final = '"cache", "storage"'
"""What a browser forgets at the end of a session; cookies of ours are taken back one by one."""
SECOND_FACTOR: Final = "/sign-in/second-factor"


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
        found = await give_password(
            visitor, form.get("email", ""), form.get("password", ""), form.get("screen")
        )
    except ServiceProblemError as error:
        values = {"email": form.get("email", "")}
        return visitor.refused("pages/sign_in.html", error, values, next=onward)
    if isinstance(found, Pending):
        response = visitor.go(f"{SECOND_FACTOR}?next={quote(onward)}")
        name = visitor.portal.cookie_name("pending")
        visitor.set_cookie(response, name, found.token, seconds=PENDING_SECONDS)
        return response
    return arrived(visitor, found, onward)


@router.get(SECOND_FACTOR)
async def show_second_factor(visitor: Anyone, next: str = "") -> Response:  # noqa: A002 - the query's name
    """Ask for the second factor of a sign-in whose password was right; a reload changes nothing."""
    try:
        return visitor.page("pages/second_factor.html", **await _pending(visitor, next))
    except ServiceProblemError:
        return visitor.go("/sign-in", notice="sign-in-over")


@router.post(SECOND_FACTOR)
async def give_second_factor(visitor: Anyone) -> Response:
    """Complete the sign-in by a code of an app or a recovery code."""
    form = await visitor.form()
    token = visitor.request.cookies.get(visitor.portal.cookie_name("pending"), "")
    onward = inner_path(form.get("next"), "")
    try:
        signed_in = await complete(visitor, token, form.get("code", ""), form.get("screen"))
    except ServiceProblemError as error:
        try:
            pending = await _pending(visitor, onward)
        except ServiceProblemError:
            return visitor.go("/sign-in", notice="sign-in-over")
        return visitor.refused("pages/second_factor.html", error, {}, **pending)
    return arrived(visitor, signed_in, onward)


@router.post("/sign-in/second-factor/lost")
async def lose_factors(visitor: Anyone) -> Response:
    """Begin the wait for who knows the password and has lost every factor."""
    form = await visitor.form()
    token = visitor.request.cookies.get(visitor.portal.cookie_name("pending"), "none")
    try:
        await visitor.caller.send(
            "POST",
            "identity",
            "/sessions/pending/factor-return",
            {"pending": token},
            key=form.get("once"),
        )
    except ServiceProblemError as error:
        try:
            pending = await _pending(visitor, "")
        except ServiceProblemError:
            return visitor.go("/sign-in", notice="sign-in-over")
        return visitor.refused("pages/second_factor.html", error, {}, **pending)
    return told(
        visitor,
        marked("A week from now you are back in"),
        marked(
            "We have written to every address we know of this account. The letter has a link that"
            " removes your second factors in a week; before that, anybody who reads it can stop"
            " this. Should you find a factor meanwhile, simply sign in."
        ),
    )


@router.get("/return")
async def show_return(visitor: Anyone, token: str = "") -> Response:
    """Say what removing the lost factors does, and ask for one press."""
    return visitor.page("pages/return.html", token=token, stops=False)


@router.post("/return")
async def take_return(visitor: Anyone) -> Response:
    """Remove the lost factors once the wait is over."""
    return await _of_return(visitor, "confirmations", "factors-removed", stops=False)


@router.get("/stop-return")
async def show_stop_return(visitor: Anyone, token: str = "") -> Response:
    """Say what stopping does, and ask for one press."""
    return visitor.page("pages/return.html", token=token, stops=True)


@router.post("/stop-return")
async def stop_return(visitor: Anyone) -> Response:
    """Keep the factors: it was not the account's owner who asked."""
    return await _of_return(visitor, "stops", "return-stopped", stops=True)


async def _of_return(visitor: Visitor, act: str, notice: str, *, stops: bool) -> Response:
    form = await visitor.form()
    token = form.get("token", "")
    try:
        await visitor.caller.send(
            "POST", "identity", f"/factor-returns/{act}", {"token": token}, key=form.get("once")
        )
    except ServiceProblemError as error:
        early = error.retry_after is not None
        return visitor.refused(
            "pages/return.html", error, {}, token=token if early else "", stops=stops
        )
    return visitor.go("/sign-in", notice=notice)


@router.post("/sign-in/passkey/challenge")
async def passkey_challenge(visitor: Anyone) -> Response:
    """Hand the browser a challenge that one of its passkeys signs."""
    await visitor.form()
    return JSONResponse(await visitor.caller.send("POST", "identity", "/passkey-challenges"))


@router.post("/sign-in/passkey")
async def sign_in_with_passkey(visitor: Anyone) -> Response:
    """Start a session for whoever's passkey signed the challenge."""
    form = await visitor.form()
    onward = inner_path(form.get("next"), "")
    body = {**answer_of(form), **_origin(visitor, form.get("screen"))}
    try:
        who = await visitor.caller.send("POST", "identity", "/sessions/passkey", body)
    except ServiceProblemError as error:
        return visitor.refused("pages/sign_in.html", error, {}, next=onward)
    return arrived(visitor, await started(visitor, who), onward)


@router.post("/sign-out")
async def sign_out(visitor: Anyone) -> Response:
    """End the session here, and have identity tell every service."""
    await visitor.form()
    response = visitor.go("/", notice="signed-out")
    response.headers["Clear-Site-Data"] = CLEARED
    if visitor.session:
        await visitor.portal.sessions.end(visitor.session)
        visitor.drop_cookie(response, visitor.portal.cookie_name("session"))
        keep_zone(visitor, response, "")
        await visitor.caller.send("DELETE", "identity", "/sessions")
    return response


@dataclass(frozen=True, slots=True)
class SignedInBrowser:
    """What a browser keeps of a sign-in: the session's token, and what makes it a known device."""

    token: str
    role: Role
    device: str
    strong: bool
    zone: str = ""
    """By which clock a learner lives; none where that is Paris."""

    @property
    def must_enrol(self) -> bool:
        """Whether nothing is open yet but enrolling a second factor."""
        return self.role in STAFF_ROLES and not self.strong

    def leave_cookies(self, visitor: Visitor, response: Response) -> None:
        """Give the browser its session and the mark of a known device."""
        set_session_cookie(visitor, response, self.token)
        set_device_cookie(visitor, response, self.device)
        keep_zone(visitor, response, self.zone)


@dataclass(frozen=True, slots=True)
class Pending:
    """The password was right; `token` is what the sign-in is completed with."""

    token: str


async def give_password(
    visitor: Visitor, email: str, password: str, screen: str | None
) -> SignedInBrowser | Pending:
    """Sign in with identity: a session for this browser, or a second factor to be given.

    Raises:
        ServiceProblemError: identity does not accept the credentials.
        ServiceAwayError: identity does not answer.
    """
    body = {"email": email, "password": password, **_origin(visitor, screen)}
    found = await visitor.caller.send("POST", "identity", "/sessions", body)
    return Pending(found["pending"]) if "pending" in found else await started(visitor, found)


async def complete(visitor: Visitor, token: str, code: str, screen: str | None) -> SignedInBrowser:
    """Complete a pending sign-in with identity and start a session for this browser.

    Raises:
        ServiceProblemError: the code is wrong, or the sign-in is over.
        ServiceAwayError: identity does not answer.
    """
    body = {"pending": token, "code": code, **_origin(visitor, screen)}
    return await started(
        visitor, await visitor.caller.send("POST", "identity", "/sessions/second-factor", body)
    )


async def restart(visitor: Visitor, *, strong: bool) -> str:
    """End every session of who is signed in and start this browser's anew; return its token."""
    session, sessions = visitor.session_in_use, visitor.portal.sessions
    await sessions.end_all(session.subject)
    return await sessions.start(
        session.subject,
        session.role,
        session.language,
        visitor.device,
        strong=strong,
        ends_at=session.expires_at,
        suspends_at=session.suspends_at,
    )


async def _pending(visitor: Visitor, onward: str) -> dict[str, Json]:
    """Return what the page of a pending sign-in shows.

    Raises:
        ServiceProblemError: it is over.
    """
    token = visitor.request.cookies.get(visitor.portal.cookie_name("pending"), "none")
    found = await visitor.caller.send("POST", "identity", "/sessions/pending", {"pending": token})
    return {"factors": found["factors"], "until": found["until"], "next": inner_path(onward, "")}


async def started(visitor: Visitor, who: Json) -> SignedInBrowser:
    """Start a session for this browser, as identity says who signed in."""
    role = Role(who["role"])
    ends_at, suspends_at = _instant(who.get("ends_at")), _instant(who.get("suspends_at"))
    token = await visitor.portal.sessions.start(
        who["subject"],
        role,
        who.get("language"),
        visitor.device,
        strong=who["strong"],
        ends_at=ends_at,
        suspends_at=suspends_at,
    )
    return SignedInBrowser(token, role, who["device"], who["strong"], who.get("zone") or "")


def arrived(visitor: Visitor, signed_in: SignedInBrowser, onward: str) -> Response:
    """Send who has signed in to `onward`, or to what has to be done first."""
    if signed_in.must_enrol:
        response = visitor.go(ENROLMENT.path)
    else:
        response = visitor.go(onward or first_page(signed_in.role))
    signed_in.leave_cookies(visitor, response)
    visitor.drop_cookie(response, visitor.portal.cookie_name("pending"))
    return response


def told(visitor: Visitor, title: str, text: str) -> Response:
    """Answer with a page that says one thing, `title` and `text` untranslated."""
    return visitor.page(
        "pages/message.html",
        title=visitor.words.say(title),
        text=visitor.words.say(text),
        minor=False,
        mailbox=visitor.portal.settings.mailbox_dir is not None,
    )


def _instant(moment: str | None) -> datetime | None:
    return datetime.fromisoformat(moment) if moment else None


def _origin(visitor: Visitor, screen: str | None) -> dict[str, str | None]:
    browser = visitor.request.headers.get("user-agent", "")[:300]
    device = visitor.request.cookies.get(visitor.portal.cookie_name("device"))
    return {"browser": browser, "screen": screen or None, "device": device}


def set_session_cookie(visitor: Visitor, response: Response, token: str) -> None:
    """Give the browser its session until the session ends."""
    seconds = int(visitor.portal.settings.session_length.total_seconds())
    visitor.set_cookie(response, visitor.portal.cookie_name("session"), token, seconds=seconds)


def set_device_cookie(visitor: Visitor, response: Response, device: str) -> None:
    """Let the browser show, at its next sign-in, that its owner has used it before."""
    visitor.set_cookie(response, visitor.portal.cookie_name("device"), device, seconds=YEAR)
