"""The way into the services for programs: `/api/<service>/<path>`, streamed both ways."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated, Any, Final

import httpx
from fastapi import APIRouter, Header, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel

from services.gateway import form_guard
from services.gateway.pages.sign_in import open_session
from services.gateway.same_site import SAFE
from services.gateway.services import ServiceProblemError
from services.gateway.settings import SERVICES
from services.gateway.visitor import Anyone, Visitor
from shared.archive import REASON_HEADER, REFERENCE_HEADER
from shared.http.problems import NOT_FOUND, ProblemError, ProblemType, problem_response

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
SERVICE_AWAY: Final = ProblemType(
    "service-away",
    HTTPStatus.BAD_GATEWAY,
    "Ce service ne répond pas. Réessayez dans un instant.",
    "This service does not answer. Try again shortly.",
)


class Credentials(BaseModel):
    """What signing in takes."""

    email: str
    password: str


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
    try:
        signed_in = await open_session(
            visitor, credentials.email, credentials.password, screen=None
        )
    except ServiceProblemError as error:
        problem = ProblemType(error.code, error.status, error.title, error.title)
        extra = None if error.retry_after is None else {"retry_after": error.retry_after}
        return problem_response(visitor.request, problem, extra)
    response = JSONResponse({"role": signed_in.role}, HTTPStatus.CREATED)
    signed_in.leave_cookies(visitor, response)
    return response


@router.api_route("/{service}/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
async def forward(visitor: Anyone, request: Request, service: str, path: str) -> Response:
    """Hand the request to `service` in the name of whoever is signed in."""
    if service not in SERVICES:
        raise ProblemError(NOT_FOUND)
    if request.method not in SAFE and visitor.session:
        _check(visitor, request.headers.get(form_guard.HEADER))
    outgoing = _outgoing(visitor, request, service, path)
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
    key = visitor.session.key if visitor.session else None
    if not visitor.portal.guard.accepts(token, cookie, key):
        raise form_guard.ForgedFormError


def _outgoing(visitor: Visitor, request: Request, service: str, path: str) -> httpx.Request:
    headers = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
    accepted = request.headers.get("accept-language")
    headers |= visitor.caller.headers(service)
    if accepted:
        headers["Accept-Language"] = accepted
    content: Any = request.stream() if request.method not in SAFE else None
    return visitor.portal.services.client.build_request(
        request.method,
        f"{visitor.portal.settings.service_url(service)}/{path}",
        params=httpx.QueryParams(request.url.query),
        headers=headers,
        content=content,
    )


async def _body(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for chunk in answer.aiter_bytes():
            yield chunk
    finally:
        await answer.aclose()
