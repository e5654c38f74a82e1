"""What people see when something goes wrong: what happened and what to do next."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from services.gateway import labels
from services.gateway.form_guard import FORGED, ForgedFormError
from services.gateway.navigation import ENROLMENT
from services.gateway.pages.confirmation import ask_for_confirmation
from services.gateway.security import HEADERS
from services.gateway.services import (
    ConfirmationNeededError,
    SecondFactorNeededError,
    ServiceAwayError,
    ServiceProblemError,
    TrainingNeededError,
)
from services.gateway.visitor import (
    ForbiddenPageError,
    NotSignedInError,
    Visitor,
    sign_in_address,
    visitor,
)
from services.gateway.wording import marked
from shared import telemetry
from shared.database import PyMongoError
from shared.http.auth import Role
from shared.http.problems import (
    INTERNAL,
    INVALID,
    SESSION_ENDED,
    UNAVAILABLE,
    ProblemError,
    problem_of,
    problem_response,
)

log = telemetry.logger(__name__)

TITLES: Final = {
    HTTPStatus.BAD_REQUEST: marked("This request is not complete"),
    HTTPStatus.FORBIDDEN: marked("This page belongs to another role"),
    HTTPStatus.NOT_FOUND: marked("There is nothing at this address"),
    HTTPStatus.METHOD_NOT_ALLOWED: marked("There is nothing at this address"),
    HTTPStatus.CONFLICT: marked("This has changed in the meantime"),
    HTTPStatus.GONE: marked("This has been erased for good"),
    HTTPStatus.UNPROCESSABLE_ENTITY: marked("This request is not complete"),
    HTTPStatus.REQUEST_TIMEOUT: marked("This took too long to arrive"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: marked("This is too large"),
    HTTPStatus.SERVICE_UNAVAILABLE: marked("A part of the platform does not answer"),
}
ADVICE: Final = {
    HTTPStatus.FORBIDDEN: marked(
        "Each role sees only what its task needs. If you need this page, ask an administrator for"
        " the role; otherwise go back to your own pages."
    ),
    HTTPStatus.NOT_FOUND: marked(
        "The address may be mistyped, or what was here may have reached its term and been erased."
    ),
    HTTPStatus.CONFLICT: marked("Go back, reload the page and try again."),
    HTTPStatus.GONE: marked("Its retention period is over. It cannot be recovered, by anybody."),
    HTTPStatus.SERVICE_UNAVAILABLE: marked(
        "Nothing you did is lost. Wait a moment, then reload the page."
    ),
}
BLOCKED: Final = frozenset({"account-blocked", "guardian-agreement-missing"})
"""What services say of a minor's account without agreement: its page says what happens (C11.2)."""
UNEXPECTED: Final = marked("Something unexpected happened")
OTHERWISE: Final = marked("Go back and try again; if it persists, write to us.")


def install_failure_pages(app: FastAPI) -> None:
    """Make `app` answer people with pages and programs with problem details."""
    app.add_exception_handler(NotSignedInError, _not_signed_in)
    app.add_exception_handler(ForbiddenPageError, _page(HTTPStatus.FORBIDDEN))
    app.add_exception_handler(ForgedFormError, _forged)
    app.add_exception_handler(ServiceAwayError, _away)
    app.add_exception_handler(ConfirmationNeededError, _confirmation)
    app.add_exception_handler(SecondFactorNeededError, _enrolment)
    app.add_exception_handler(TrainingNeededError, _training)
    app.add_exception_handler(ServiceProblemError, _refused)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(ProblemError, _problem)
    app.add_exception_handler(PyMongoError, _database_away)
    app.add_exception_handler(Exception, _unexpected)


async def failure(guest: Visitor, status: int, text: str | None = None) -> Response:
    """Answer with the page for `status`, with `text`, already in words, before the advice."""
    known = HTTPStatus(status)
    say = guest.words.say
    return guest.page(
        "pages/failure.html",
        status=status,
        code=status,
        title=say(TITLES.get(known, UNEXPECTED)),
        text=text,
        advice=say(ADVICE.get(known, OTHERWISE)),
    )


def _for_programs(request: Request) -> bool:
    return request.url.path.startswith("/api/")


def _page(status: HTTPStatus) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(request: Request, _: Exception) -> Response:
        return await failure(await visitor(request), status)

    return answer


async def _not_signed_in(request: Request, _: Exception) -> Response:
    guest = await visitor(request)
    over = guest.portal.cookie_name("session") in request.cookies
    return guest.go(sign_in_address(request), notice="session-over" if over else None)


async def _forged(request: Request, _: Exception) -> Response:
    if _for_programs(request):
        return problem_response(request, FORGED)
    guest = await visitor(request)
    text = guest.words.say(
        marked(
            "The page you sent was too old, or cookies are switched off. Nothing was changed: go"
            " back, reload the page and send it again."
        )
    )
    return guest.page(
        "pages/failure.html",
        status=HTTPStatus.FORBIDDEN,
        code=HTTPStatus.FORBIDDEN.value,
        title=guest.words.say(marked("This form has expired")),
        text=text,
        advice="",
    )


async def _away(request: Request, error: Any) -> Response:
    if _for_programs(request):
        return problem_response(request, UNAVAILABLE)
    guest = await visitor(request)
    name = labels.label(guest.words, "service", error.service)
    text = guest.words.say(marked("“%(service)s” does not answer at the moment."), service=name)
    return await failure(guest, HTTPStatus.SERVICE_UNAVAILABLE, text)


async def _confirmation(request: Request, _: Exception) -> Response:
    return await ask_for_confirmation(await visitor(request))


async def _enrolment(request: Request, _: Exception) -> Response:
    return (await visitor(request)).go(ENROLMENT.path)


async def _training(request: Request, _: Exception) -> Response:
    return (await visitor(request)).go("/account/training")


async def _refused(request: Request, error: Any) -> Response:
    guest = await visitor(request)
    if error.status == HTTPStatus.UNAUTHORIZED:
        if guest.session and error.code != SESSION_ENDED.code:
            # Our own token was refused: the fault is ours, and nobody has to sign in for it.
            log.error("token refused by a service", service=error.service)
            return await _away(request, error)
        if guest.session:
            await guest.portal.sessions.end(guest.session)
        return guest.go("/sign-in", notice="session-over")
    if error.code in BLOCKED and guest.role is Role.LEARNER:
        return guest.go("/account/minority")
    return await failure(guest, error.status, error.title)


async def _http(request: Request, error: Any) -> Response:
    if _for_programs(request):
        return problem_response(request, problem_of(error))
    guest = await visitor(request)
    told = getattr(error, "problem", None)
    text = None if told is None else told.fr if guest.language == "fr" else told.en
    return await failure(guest, error.status_code, text)


async def _invalid(request: Request, _: Exception) -> Response:
    if _for_programs(request):
        return problem_response(request, INVALID)
    return await failure(await visitor(request), HTTPStatus.BAD_REQUEST)


async def _problem(request: Request, error: Any) -> Response:
    return problem_response(request, error.problem)


async def _database_away(request: Request, error: Exception) -> Response:
    log.error("sessions unavailable", exc_info=error)
    return problem_response(request, UNAVAILABLE)


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("page failed", method=request.method, exc_info=error)
    if _for_programs(request):
        return problem_response(request, INTERNAL)
    response = await failure(await visitor(request), HTTPStatus.INTERNAL_SERVER_ERROR)
    # This answer is made outside every middleware.
    response.headers.update(HEADERS)
    return response
