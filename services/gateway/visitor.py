"""One request as the pages see it: who visits, in which language and colours, with which rights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal, cast
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.gateway import form_guard, labels
from services.gateway.admission import Admission, admission
from services.gateway.devices import Device, device_of
from services.gateway.navigation import ENROLMENT, entries
from services.gateway.portal import Portal
from services.gateway.rendering import render
from services.gateway.services import (
    Caller,
    ConfirmationNeededError,
    SecondFactorNeededError,
    ServiceProblemError,
)
from services.gateway.sessions import Session
from services.gateway.uploads import Upload, form_of
from services.gateway.wording import PARIS, Language, Wording, choose_language, marked, wording
from services.gateway.zones import zone_in_use
from shared.http.auth import STAFF_ROLES, Role

THEMES: Final = ("light", "dark")
YEAR: Final = 365 * 24 * 3600

PASSWORDS: Final = frozenset({"password", "current_password", "proof_password"})
"""Fields whose spaces count (ASVS 6.2.8)."""
NO_PAGES: Final = ("/api/", "/notices/stream")
"""What answers without a header that counts notices."""
LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})
OF_PROOF: Final = "proof_"
"""Starts the names of fields by which somebody confirms who they are, whatever was begun."""

Method = Literal["POST", "PUT", "PATCH", "DELETE"]


class NotSignedInError(Exception):
    """The page needs somebody signed in."""


class ForbiddenPageError(Exception):
    """The page belongs to another compartment (C4.2)."""


@dataclass
class Visitor:
    """Who visits and what the pages need to answer."""

    request: Request
    portal: Portal
    session: Session | None
    language: Language
    theme: str | None
    browser: str
    new_browser: bool
    caller: Caller
    zone: ZoneInfo = PARIS
    """By whose clock moments are told."""
    set_cookies: dict[str, str] = field(default_factory=dict)
    unread: int | None = None
    """How many notices are not read; `None` where nobody is signed in, or it is not known."""
    uploads: Sequence[Upload] = ()
    """Files of the form, once it has been read."""

    @property
    def words(self) -> Wording:
        """The visitor's language."""
        return wording(self.language)

    @property
    def role(self) -> Role | None:
        """The role signed in with, or `None`."""
        return self.session.role if self.session else None

    @property
    def must_enrol(self) -> bool:
        """Whether nothing is open before a second factor is enrolled: compulsory for staff."""
        return self.session is not None and _lacks_second_factor(self.session)

    @property
    def passkeys_at(self) -> str | None:
        """Where passkeys work, when that is not here: browsers take no network address for them."""
        url = self.request.url
        if url.hostname not in LOOPBACK:
            return None
        return f"{url.scheme}://localhost{f':{url.port}' if url.port else ''}"

    def require_recent(self) -> None:
        """Return when the session's owner has lately shown who they are.

        Raises:
            ConfirmationNeededError: too long ago; a form with a password is not begun then.
        """
        if self.now >= self.session_in_use.proof.at + self.portal.settings.recently:
            raise ConfirmationNeededError

    @property
    def session_in_use(self) -> Session:
        """The session signed in with.

        Raises:
            NotSignedInError: there is none.
        """
        if self.session is None:
            raise NotSignedInError
        return self.session

    @property
    def device(self) -> Device:
        """What the browser says it is."""
        return device_of(self.request.headers.get("user-agent", ""))

    @property
    def csrf(self) -> str:
        """The token for forms shown to this visitor."""
        return self.portal.guard.token(self.browser, self.session.id if self.session else None)

    @property
    def now(self) -> datetime:
        """The present instant by the system's clock."""
        return self.portal.clock.now()

    def page(
        self, template: str, *, status: int = HTTPStatus.OK, **context: object
    ) -> HTMLResponse:
        """Answer with a page."""
        notice = labels.NOTICES.get(self.request.cookies.get(self.portal.cookie_name("notice"), ""))
        offered = entries(self.role, self.portal.settings)
        html = render(
            self.language,
            template,
            {
                "visitor": self,
                "nav": (ENROLMENT,) if self.must_enrol else offered,
                "path": self.request.url.path,
                "here": _here(self.request),
                "now": self.now,
                "csrf": self.csrf,
                "settings": self.portal.settings,
                "flash": notice,
                "errors": {},
                "values": {},
                "problem": None,
                **context,
            },
            self.zone,
        )
        response = HTMLResponse(html, status, {"Cache-Control": "no-store"})
        response.headers["Content-Language"] = self.language
        if notice:
            self.drop_cookie(response, self.portal.cookie_name("notice"))
        self.leave_cookies(response)
        return response

    def refused(
        self,
        template: str,
        error: ServiceProblemError,
        values: Mapping[str, str],
        **context: object,
    ) -> HTMLResponse:
        """Answer with the form again, saying what is to be corrected; what was typed is kept.

        Where it was too early for another attempt, the page says when it is not.
        """
        errors = {
            name: self.words.say(labels.field_error(name, code))
            for name, code in error.fields.items()
        }
        page = self.page(
            template,
            status=error.status,
            errors=errors,
            values=values,
            problem=self.problem(error),
            **context,
        )
        if error.retry_after is not None:
            page.headers["Retry-After"] = str(error.retry_after)
        return page

    def problem(self, error: ServiceProblemError) -> str:
        """Return in words what a service refused, and when it may be tried again."""
        if error.retry_after is None:
            return error.title
        when = self.words.span(self.now, self.now + timedelta(seconds=error.retry_after))
        text = marked("Too many attempts in a short time. Try again in %(time)s.")
        return self.words.say(text, time=when)

    def go(self, path: str, *, notice: str | None = None) -> Response:
        """Send the browser on to `path`, where `notice`, a key of `labels.NOTICES`, is shown."""
        response = RedirectResponse(path, HTTPStatus.SEE_OTHER)
        if notice:
            self.set_cookie(response, self.portal.cookie_name("notice"), notice, seconds=60)
        self.leave_cookies(response)
        return response

    def leave_cookies(self, response: Response) -> None:
        """Give the browser its form cookie the first time."""
        if self.new_browser:
            name = self.portal.cookie_name("form")
            self.set_cookie(response, name, self.browser, seconds=YEAR)

    def set_cookie(self, response: Response, name: str, value: str, *, seconds: int | None) -> None:
        """Set a cookie that scripts cannot read and other sites do not send."""
        response.set_cookie(
            name,
            value,
            max_age=seconds,
            httponly=True,
            samesite="lax",
            secure=self.portal.settings.https,
            path="/",
        )

    def drop_cookie(self, response: Response, name: str) -> None:
        """Take a cookie back; browsers heed that only with what it was set with."""
        response.delete_cookie(
            name, httponly=True, samesite="lax", secure=self.portal.settings.https, path="/"
        )

    async def form(self) -> dict[str, str]:
        """Return the fields of the submitted form, stripped; passwords are left as they came.

        What was added to confirm who sends it is left out.

        Raises:
            ForgedFormError: it carries no token of ours.
        """
        fields = await self.whole_form()
        return {name: text for name, text in fields.items() if not name.startswith(OF_PROOF)}

    async def whole_form(self) -> dict[str, str]:
        """Return what `form` does, with what confirms who sends it.

        Raises:
            form_guard.ForgedFormError: it carries no token of ours.
        """
        form = await form_of(self.request)
        values = {
            name: value if name in PASSWORDS else value.strip()
            for name, value in form.fields.items()
            if isinstance(value, str)
        }
        token = values.pop(form_guard.FIELD, None)
        cookie = self.request.cookies.get(self.portal.cookie_name("form"))
        session_id = self.session.id if self.session else None
        if not self.portal.guard.accepts(token, cookie, session_id):
            raise form_guard.ForgedFormError
        self.uploads = form.uploads
        return values


async def visitor(request: Request) -> Visitor:
    """Recognise who visits."""
    portal = cast("Portal", request.app.state.portal)
    session = await portal.sessions.find(request.cookies.get(portal.cookie_name("session")))
    language = choose_language(
        request.cookies.get(portal.cookie_name("language")),
        session.language if session else None,
        request.headers.get("accept-language", ""),
    )
    theme = request.cookies.get(portal.cookie_name("theme"))
    browser = request.cookies.get(portal.cookie_name("form"))
    caller = Caller(
        services=portal.services,
        session=session,
        language=language,
        address=portal.address_of(request),
    )
    return Visitor(
        request=request,
        portal=portal,
        session=session,
        language=language,
        theme=theme if theme in THEMES else None,
        zone=zone_in_use(request, portal, session),
        browser=browser or portal.guard.new_browser(),
        new_browser=browser is None,
        caller=caller,
        unread=await _unread(request, caller),
    )


async def _unread(request: Request, caller: Caller) -> int | None:
    """Return what the header of a page shows; staff without a second factor have no notices yet."""
    if caller.session is None or request.url.path.startswith(NO_PAGES):
        return None
    if _lacks_second_factor(caller.session):
        return None
    portal = cast("Portal", request.app.state.portal)
    return await portal.unread.of(caller)


Anyone = Annotated[Visitor, Depends(visitor)]
"""A visitor, signed in or not."""


def may(*calls: str, staff: bool = False) -> Any:
    """Return a dependency that admits whoever may make every one of `calls` (C4.2).

    It sends the others to sign in, or tells them whose page this is; and staff without a second
    factor to enrol one, unless the table of rights lets them call by their password alone.

    Args:
        calls: what the page asks services for, as the table of rights writes it.
        staff: whether the page is for staff, whoever else may make the calls.
    """
    return Depends(Admitting(admission(*calls, staff=staff)))


@dataclass(frozen=True, slots=True)
class Admitting:
    """Lets visitors pass, or not; what it goes by can be read from the page's route."""

    admission: Admission

    def __call__(self, guest: Anyone) -> Visitor:
        """Return the visitor.

        Raises:
            NotSignedInError: nobody is signed in.
            ForbiddenPageError: the role may not make the page's calls.
            SecondFactorNeededError: staff have to enrol a second factor first.
        """
        if guest.session is None:
            raise NotSignedInError
        if guest.session.role not in self.admission.roles:
            raise ForbiddenPageError
        if guest.must_enrol and not self.admission.enrolling:
            raise SecondFactorNeededError
        return guest


SignedIn = Annotated[Visitor, may("identity GET /me")]
"""Whoever is signed in."""
Enrolling = Annotated[Visitor, may("identity GET /me/authenticators")]
"""Whoever is signed in, of staff also by the password alone."""
Learner = Annotated[Visitor, may("identity PATCH /me")]
"""A signed-in learner."""


def sign_in_address(request: Request) -> str:
    """Return where to sign in and come back from."""
    if request.method != "GET":
        return "/sign-in"
    return f"/sign-in?next={quote(request.url.path)}"


def _lacks_second_factor(session: Session) -> bool:
    return session.role in STAFF_ROLES and not session.proof.strong


def _here(request: Request) -> str:
    return request.url.path if request.method == "GET" else "/"
