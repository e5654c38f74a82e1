"""Every role at every endpoint of every service, with real tokens on the real routes.

Requests stop where the endpoint would begin: who is let pass, and what the vault would open for
them there, is all decided before.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from http import HTTPStatus
from typing import Final

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute, iter_route_contexts

from shared.clock import SystemClock
from shared.http.auth import STAFF_ROLES, Role
from shared.http.authorised import endpoints_of, require_rights
from shared.http.proof import Proof
from shared.personal import Category
from shared.rights import ANYBODY, Demand, Endpoint, RightsError, load_rights
from shared.topics import SERVICES
from shared.vault import current_access
from tests.callers import Callers
from tests.unit.docs.documents import DOCS, loaded
from tests.unit.rights.services import wired_services

Services = tuple[dict[str, FastAPI], Callers]

STOPPED: Final = 299
PASSED: Final = {STOPPED, HTTPStatus.UNPROCESSABLE_ENTITY}
"""Where the endpoint would begin, or just before, when its empty body is refused."""


OF_THEIR_OWN: Final = frozenset({Category.STAFF, Category.CREDENTIALS})
"""What all of staff open: who they are and their second factor, each their own."""
STATING: Final = Endpoint("identity", "POST", "/break-glass")
"""Where a reason is written that is sealed as the traces are."""
SESSIONS: Final[Mapping[str, Callable[[datetime], Proof | None]]] = {
    "unknown": lambda _: None,
    "password": lambda now: Proof(now, strong=False),
    "two factors, a while ago": lambda now: Proof(now - timedelta(hours=1), strong=True),
}
"""Sessions that rest on less than two factors shown just now."""


async def stop_here(**_: object) -> JSONResponse:
    """Stand in the place of an endpoint and tell what the request may open."""
    access = current_access()
    assert access is not None
    return JSONResponse(sorted(access.categories), STOPPED)


@pytest.fixture(scope="module")
async def services(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Services]:
    async with wired_services(tmp_path_factory.mktemp("rights")) as (apps, callers):
        for app in apps.values():
            for context in iter_route_contexts(app.routes):
                if isinstance(context.original_route, APIRoute):
                    context.original_route.dependant.call = stop_here
                    context.dependant.call = stop_here
        yield apps, callers


@cache
def documented() -> frozenset[Endpoint]:
    """Return every endpoint of the OpenAPI documents."""
    return frozenset(
        Endpoint(service, method.upper(), path)
        for service in SERVICES
        for path, operations in loaded(DOCS / "openapi" / f"{service}.yaml")["paths"].items()
        for method in operations
    )


@pytest.mark.promise("C4.1", "C4.2", "C4.3")
async def test_every_role_at_every_endpoint_is_let_pass_by_the_table_alone(
    services: Services,
) -> None:
    apps, callers = services
    rights = load_rights()
    endpoints = sorted(documented())
    assert len(endpoints) > 150
    for service, app in apps.items():
        tokens = {str(role): callers.token(service, "somebody", role) for role in Role}
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://t.test") as client:
            for endpoint in (one for one in endpoints if one.service == service):
                path = endpoint.path.replace("{", "").replace("}", "")
                allowed = rights.roles_at(endpoint)
                assert allowed, f"no row for {endpoint}"
                anonymous = await client.request(endpoint.method, path)
                open_to_all = ANYBODY in allowed
                assert (anonymous.status_code in PASSED) == open_to_all, endpoint
                assert open_to_all or anonymous.status_code == HTTPStatus.UNAUTHORIZED
                for role, token in tokens.items():
                    headers = {"Authorization": f"Bearer {token}"}
                    answer = await client.request(endpoint.method, path, headers=headers)
                    if open_to_all or role in allowed:
                        assert answer.status_code in PASSED, (role, endpoint)
                    else:
                        assert answer.status_code == HTTPStatus.FORBIDDEN, (role, endpoint)
                    if answer.status_code == STOPPED:
                        who = ANYBODY if open_to_all else role
                        expected = sorted(rights.categories_at(endpoint, who))
                        assert answer.json() == expected, (role, endpoint)


@pytest.mark.promise("C7.3", "C4.3")
@pytest.mark.parametrize("session", SESSIONS)
async def test_a_session_that_rests_on_less_is_let_pass_where_the_table_says_so(
    services: Services, session: str
) -> None:
    apps, callers = services
    rights, now = load_rights(), SystemClock().now()
    proof = SESSIONS[session](now)
    for service, app in apps.items():
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://t.test") as client:
            for endpoint in sorted(one for one in documented() if one.service == service):
                path = endpoint.path.replace("{", "").replace("}", "")
                for role in rights.roles_at(endpoint) - {ANYBODY}:
                    token = callers.token(service, "somebody", Role(role), proof=proof)
                    headers = {"Authorization": f"Bearer {token}"}
                    answer = await client.request(endpoint.method, path, headers=headers)
                    told = expected(rights.demand_at(endpoint, role), role, proof, now)
                    if told is None:
                        assert answer.status_code in PASSED, (role, endpoint)
                    else:
                        assert answer.json()["code"] == told, (role, endpoint)


def expected(demand: Demand, role: str, proof: Proof | None, now: datetime) -> str | None:
    """Return the problem that `role` meets at `now`, whose session rests on `proof`."""
    if role == Role.SYSTEM:
        return None
    if role != Role.LEARNER and not demand.first_factor and not (proof and proof.strong):
        return "second-factor-required"
    if demand.recent and (proof is None or proof.at != now):
        return "confirmation-required"
    return None


@pytest.mark.promise("C7.7")
@pytest.mark.parametrize("service", SERVICES)
async def test_without_the_yearly_training_staff_get_at_nobodys_data_at_any_service(
    services: Services, service: str
) -> None:
    apps, callers = services
    rights, now = load_rights(), SystemClock().now()
    transport = httpx.ASGITransport(app=apps[service])
    async with httpx.AsyncClient(transport=transport, base_url="http://t.test") as client:
        for endpoint in sorted(one for one in documented() if one.service == service):
            path = endpoint.path.replace("{", "").replace("}", "")
            for role in rights.roles_at(endpoint) & STAFF_ROLES:
                demand = rights.demand_at(endpoint, role)
                for late, over in ((-1, True), (60, False)):
                    token = callers.token(
                        service, "somebody", Role(role), suspends_at=now + timedelta(minutes=late)
                    )
                    headers = {"Authorization": f"Bearer {token}"}
                    answer = await client.request(endpoint.method, path, headers=headers)
                    if over and not demand.untrained:
                        assert answer.status_code == HTTPStatus.FORBIDDEN, (role, endpoint)
                        assert answer.json()["code"] == "training-required", (role, endpoint)
                    else:
                        assert answer.status_code in PASSED, (role, endpoint)


@pytest.mark.promise("C7.7")
def test_what_the_untrained_keep_touches_no_learner() -> None:
    kept = [right for right in load_rights().entries if right.untrained]
    assert {category for right in kept for category in right.categories} <= OF_THEIR_OWN
    assert {right.condition for right in kept if right.categories} <= {"own", "none"}
    # What everybody's statistics show is of ten persons at least.
    assert {right.condition for right in kept} == {"own", "none", "statistics"}


@pytest.mark.promise("C7.3")
def test_whatever_staff_change_or_decide_about_people_is_confirmed_lately() -> None:
    people = set(Category) - {Category.STAFF, Category.CREDENTIALS}
    unconfirmed = [
        (right.action, endpoint)
        for right in load_rights().entries
        if set(right.roles) & STAFF_ROLES and right.action != "read" and not right.recent
        for endpoint in right.endpoints
        if people & set(right.categories)
    ]
    assert unconfirmed == []


def test_the_table_names_no_endpoint_that_does_not_exist() -> None:
    known = documented() | {one._replace(service="*") for one in documented()}
    assert load_rights().endpoints() - known == set()


async def test_the_documents_show_every_endpoint(services: Services) -> None:
    apps, _ = services
    served = {one for name, app in apps.items() for one in endpoints_of(app, name)}
    assert served == documented()


async def test_a_service_with_an_endpoint_without_a_row_does_not_start(services: Services) -> None:
    del services
    app, router = FastAPI(), APIRouter()
    router.add_api_route("/learners/{learner_id}/secrets", stop_here, methods=["GET"])
    app.include_router(router)
    with pytest.raises(RightsError, match=r"learning GET /learners/\{learner_id\}/secrets"):
        require_rights(app, "learning", load_rights())


@pytest.mark.promise("C4.2")
@pytest.mark.parametrize(
    ("role", "never"),
    [
        (Role.TRAINER, {Category.PAYMENT, Category.SUPPORT, Category.TECHNICAL_TRACES}),
        (Role.BILLING, set(Category) - {Category.PAYMENT, *OF_THEIR_OWN}),
        (Role.SUPPORT, {Category.PAYMENT, Category.LEARNING_HISTORY, Category.TECHNICAL_TRACES}),
        (Role.COUNSELLOR, set(Category) - OF_THEIR_OWN),
        (
            Role.SPEAKER,
            set(Category) - OF_THEIR_OWN - {Category.CIVIL_IDENTITY, Category.PROFILE},
        ),
        (Role.SECURITY, set(Category) - {Category.TECHNICAL_TRACES, *OF_THEIR_OWN}),
        (Role.ADMINISTRATOR, set(Category) - {*OF_THEIR_OWN, Category.DEAD_LETTERS}),
        (Role.SYSTEM, set(Category) - {Category.STAFF, Category.DEAD_LETTERS}),
    ],
)
def test_no_entry_gives_a_role_what_is_not_its_task(role: Role, never: set[Category]) -> None:
    given = {
        category
        for right in load_rights().of_role(role)
        if right.endpoints != [STATING]
        for category in right.categories
    }
    assert given & never == set()


@pytest.mark.promise("C1.5", "C4.2")
def test_a_reason_is_sealed_as_the_traces_are_by_who_is_shown_none() -> None:
    """Whoever takes a break-glass access writes why, and reads no trace by it."""
    (right,) = (one for one in load_rights().entries if STATING in one.endpoints)
    assert (right.roles, right.categories) == ([Role.TRAINER], [Category.TECHNICAL_TRACES])
    assert (right.action, right.recent, right.endpoints) == ("change", True, [STATING])


@pytest.mark.promise("C1.5")
def test_traces_are_for_security_and_for_answering_the_person() -> None:
    shown = [
        right
        for right in load_rights().entries
        if Category.TECHNICAL_TRACES in right.categories and right.action == "read"
    ]
    by_a_link = [right for right in shown if right.condition == "proof"]
    assert [str(one) for right in by_a_link for one in right.endpoints] == [
        "identity POST /access-parts",
        "identity POST /sign-in-notices/asked",
    ], "their own file, and a sign-in, to whom the letter about it went"
    readers = {role for right in shown if right not in by_a_link for role in right.roles}
    assert readers == {Role.SECURITY, Role.DPO, Role.LEARNER}
