"""Whether the caller may: the table of rights, applied to every endpoint before anything else."""

from typing import TYPE_CHECKING, Annotated

from fastapi import FastAPI, Header, Request
from fastapi.routing import APIRoute, iter_route_contexts

from shared.http.auth import STAFF_ROLES, Principal, authenticated
from shared.http.problems import FORBIDDEN, ProblemError
from shared.http.readings import RecordedAnswer
from shared.http.step_up import shortfall
from shared.rights import ANYBODY, Endpoint, Rights, RightsError
from shared.vault import Access, Reader, current_access, limited_to

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


class LimitedRequests:
    """ASGI middleware that gives each request limits of its own: nothing, until authorised.

    What staff were shown within them is recorded before the answer.
    """

    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass an HTTP request on within its limits; anything else is passed on as it is."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with limited_to(Access()) as access:
            answer = RecordedAnswer(access, scope, receive, send)
            await self._app(scope, receive, answer.send)


async def authorised(
    request: Request, authorization: Annotated[str | None, Header()] = None
) -> Principal | None:
    """Let a request pass whose caller has a right to its endpoint, and set what it may open.

    Raises:
        ProblemError: no valid token (401), the role has no right here, or its holder has first to
            enrol a second factor or to confirm who they are (403).
    """
    rights: Rights = request.app.state.rights
    endpoint = Endpoint(request.app.state.service, request.method, request.scope["route"].path)
    roles = rights.roles_at(endpoint)
    principal = None
    role = ANYBODY
    if ANYBODY not in roles:
        principal = await authenticated(request, authorization)
        role = str(principal.role)
        if role not in roles:
            raise ProblemError(FORBIDDEN)
        now, recently = request.app.state.clock.now(), request.app.state.recently
        missing = shortfall(principal, rights.demand_at(endpoint, role), now, recently)
        if missing is not None:
            raise ProblemError(missing)
    access = current_access()
    if access is not None:
        access.categories = rights.categories_at(endpoint, role)
        access.role = None if principal is None else role
        if principal is not None and principal.session is not None:
            access.holder = (principal.subject, role)
        shows = any(right.action == "read" for right in rights.rights_at(endpoint, role))
        if principal is not None and principal.role in STAFF_ROLES and shows:
            access.reader = Reader(principal.subject, role)
    return principal


def endpoints_of(app: FastAPI, service: str) -> frozenset[Endpoint]:
    """Return every endpoint that `app` serves as `service`."""
    return frozenset(
        Endpoint(service, method, str(context.path))
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute)
        for method in context.methods or ()
    )


def require_rights(app: FastAPI, service: str, rights: Rights) -> None:
    """Return when the table names every endpoint of `app`.

    Raises:
        RightsError: an endpoint has no row, so that nobody could ever call it.
    """
    missing = sorted(
        str(endpoint) for endpoint in endpoints_of(app, service) if not rights.roles_at(endpoint)
    )
    if missing:
        raise RightsError(f"the table of rights does not name {', '.join(missing)}")
