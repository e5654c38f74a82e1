"""The way into the services for programs: `/api/<service>/<path>`, streamed both ways."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated, Any, Final

import httpx
from fastapi import APIRouter, Header, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel
from starlette.types import Scope

from services.gateway import form_guard
from services.gateway.pages.confirmation import confirm_identity
from services.gateway.pages.sign_in import Pending, complete, give_password, set_session_cookie
from services.gateway.same_site import SAFE
from services.gateway.services import ServiceProblemError
from services.gateway.settings import SERVICES
from services.gateway.visitor import Anyone, Visitor
from shared.archive import REASON_HEADER, REFERENCE_HEADER
from shared.http.problems import (
    NOT_FOUND,
    UNAUTHENTICATED,
    ProblemError,
    ProblemType,
    problem_response,
)

router = APIRouter(prefix="/api")

PASSED_ON: Final = (
    "content-type",
    "accept",
    "idempotency-key",
    "if-match",
    "traceparent",
    REASON_HEADER.lower(),
    REFERENCE_HEADER.lower(),
)
"""What a service gets of the caller's headers; everything else, cookies first, stays here."""
KEPT_BACK: Final = frozenset(
    {
        "connection",
        "content-encoding",
        "content-length",
        "date",
        "keep-alive",
        "proxy-authenticate",
        "server",
        "set-cookie",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
AFTER_SERVICE: Final = 3
"""Where in `/api/<service>/<path>`, split at its first slashes, the path is."""
SERVICE_AWAY: Final = ProblemType(
    "service-away",
    HTTPStatus.BAD_GATEWAY,
    "Ce service ne répond pas. Réessayez dans un instant.",
    "This service does not answer. Try again shortly.",
)
SECOND_FACTOR_NEEDED: Final = ProblemType(
    "second-factor-needed",
    HTTPStatus.UNAUTHORIZED,
    "Ce compte a un second facteur : ajoutez un code dans « code ».",
    "This account has a second factor: add a code in `code`.",
)


class Credentials(BaseModel):
    """What signing in takes."""

    email: str
    password: str
    code: str | None = None
    """Of an authenticator app, or a recovery code, where the account has a second factor."""


class Confirmation(BaseModel):
    """What shows anew who is signed in: a code, or the password where there is no second factor."""

    code: str | None = None
    password: str | None = None


class OpenSession(BaseModel):
    """Who is signed in, and the token that changing requests carry in `X-CSRF-Token`."""

    subject: str | None
    role: str | None
    csrf: str


@router.get("/session")
async def session(visitor: Anyone) -> Response:
    """Tell who is signed in."""
    found = visitor.session
    body = OpenSession(
        subject=found.subject if found else None,
        role=found.role if found else None,
        csrf=visitor.csrf,
    )
    response = JSONResponse(body.model_dump(), headers={"Cache-Control": "no-store"})
    visitor.leave_cookies(response)
    return response


@router.post("/session", status_code=HTTPStatus.CREATED)
async def start_session(
    visitor: Anyone, credentials: Credentials, x_csrf_token: Annotated[str, Header()] = ""
) -> Response:
    """Sign in; then ask `GET /api/session` for the session's own token."""
    _check(visitor, x_csrf_token)
    email, password, code = credentials.email, credentials.password, credentials.code
    try:
        signed_in = await give_password(visitor, email, password, screen=None)
        if isinstance(signed_in, Pending):
            if code is None:
                raise ProblemError(SECOND_FACTOR_NEEDED)
            signed_in = await complete(visitor, signed_in.token, code, screen=None)
    except ServiceProblemError as error:
        return _refused(visitor, error)
    body = {"role": signed_in.role, "must_enrol": signed_in.must_enrol}
    response = JSONResponse(body, HTTPStatus.CREATED)
    signed_in.leave_cookies(visitor, response)
    return response


@router.post("/session/confirmation", status_code=HTTPStatus.NO_CONTENT)
async def confirm_session(
    visitor: Anyone, proof: Confirmation, x_csrf_token: Annotated[str, Header()] = ""
) -> Response:
    """Show anew who is signed in, after the problem `confirmation-required`."""
    _check(visitor, x_csrf_token)
    if visitor.session is None:
        raise ProblemError(UNAUTHENTICATED)
    try:
        token = await confirm_identity(visitor, proof.model_dump(exclude_none=True))
    except ServiceProblemError as error:
        return _refused(visitor, error)
    response = Response(status_code=HTTPStatus.NO_CONTENT)
    set_session_cookie(visitor, response, token)
    return response


def _refused(visitor: Visitor, error: ServiceProblemError) -> Response:
    problem = ProblemType(error.code, error.status, error.title, error.title)
    extra = None if error.retry_after is None else {"retry_after": error.retry_after}
    return problem_response(visitor.request, problem, extra)


@router.api_route("/{service}/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
async def forward(visitor: Anyone, request: Request, service: str) -> Response:
    """Hand the request to `service` in the name of whoever is signed in."""
    if service not in SERVICES:
        raise ProblemError(NOT_FOUND)
    if request.method not in SAFE and visitor.session:
        _check(visitor, request.headers.get(form_guard.HEADER))
    outgoing = _outgoing(visitor, request, service)
    client = visitor.portal.services.client
    try:
        answer = await client.send(outgoing, stream=True)
    except httpx.HTTPError:
        return problem_response(request, SERVICE_AWAY)
    return StreamingResponse(
        _body(answer),
        answer.status_code,
        {name: value for name, value in answer.headers.items() if name not in KEPT_BACK},
    )


def _check(visitor: Visitor, token: str | None) -> None:
    cookie = visitor.request.cookies.get(visitor.portal.cookie_name("form"))
    session_id = visitor.session.id if visitor.session else None
    if not visitor.portal.guard.accepts(token, cookie, session_id):
        raise form_guard.ForgedFormError


def _outgoing(visitor: Visitor, request: Request, service: str) -> httpx.Request:
    headers = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
    accepted = request.headers.get("accept-language")
    headers |= visitor.caller.headers(service)
    if accepted:
        headers["Accept-Language"] = accepted
    length = request.headers.get("content-length", "0")
    content: Any = None
    if request.method not in SAFE and (length != "0" or "transfer-encoding" in request.headers):
        content = request.stream()
        if length != "0":
            # Announced, so that the service may refuse it unread, and needs no chunks.
            headers["content-length"] = length
    address = httpx.URL(visitor.portal.settings.service_url(service))
    return visitor.portal.services.client.build_request(
        request.method,
        address.copy_with(raw_path=_target(request.scope)),
        # A field may hold any byte beyond ASCII; the service judges what it says.
        headers=httpx.Headers(headers, encoding="latin-1"),
        content=content,
    )


def _target(scope: Scope) -> bytes:
    """Return path and query behind `/api/<service>` as they came: decoded they may say another.

    Raises:
        ProblemError: there is no path; its slash was hidden in an escape (404).
    """
    raw_path: bytes = scope["raw_path"]
    parts = raw_path.split(b"/", 3)
    if len(parts) <= AFTER_SERVICE:
        raise ProblemError(NOT_FOUND)
    query: bytes = scope["query_string"]
    return b"/" + parts[AFTER_SERVICE] + (b"?" + query if query else b"")


async def _body(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for chunk in answer.aiter_bytes():
            yield chunk
    finally:
        await answer.aclose()
