"""Pages admit whom the table of rights lets make their calls: one source for both (C4.2)."""

import ast
import inspect
import re
from collections.abc import Iterator
from types import FunctionType, ModuleType
from typing import Final

import pytest
from fastapi.routing import APIRoute

from services.gateway import bootstrap
from services.gateway.admission import UnknownCallError, admission
from services.gateway.navigation import entries
from services.gateway.settings import GatewaySettings
from services.gateway.visitor import Admitting
from shared.http.auth import STAFF_ROLES, Role
from shared.rights import ANYBODY, load_rights
from shared.topics import SERVICES

Call = tuple[str, str, str]
"""Patterns of a call's method, service and path."""

ANYTHING: Final = ".*"
READING: Final = frozenset({"get", "part", "read_archived"})


def admitting(route: APIRoute) -> Admitting | None:
    """Return what decides who may open a page, where anything does."""
    found = [one.call for one in route.dependant.dependencies if isinstance(one.call, Admitting)]
    return found[0] if found else None


PAGES: Final = [
    (route, who)
    for page in bootstrap.PAGES
    for route in page.router.routes
    if isinstance(route, APIRoute) and (who := admitting(route)) is not None
]


def pattern(node: ast.expr | None, known: dict[str, str]) -> str:
    """Return a regular expression for the text that `node` stands for."""
    match node:
        case ast.Constant(value=str(text)):
            return re.escape(text.split("?")[0])
        case ast.JoinedStr(values=values):
            return "".join(pattern(one, known) for one in values)
        case ast.FormattedValue(value=ast.Name(id=name)) | ast.Name(id=name):
            return known.get(name, ANYTHING)
        case _:
            return ANYTHING


def calls_of(function: FunctionType, module: ModuleType, seen: set[str]) -> Iterator[Call]:
    """Yield what `function` asks services for, and what functions of its module do for it."""
    seen.add(function.__name__)
    tree = ast.parse(inspect.getsource(function))
    known = {k: re.escape(v) for k, v in vars(module).items() if isinstance(v, str)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            known[node.targets[0].id] = pattern(node.value, known)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name):
            inner = vars(module).get(node.func.id)
            if isinstance(inner, FunctionType) and node.func.id not in seen:
                yield from calls_of(inner, module, seen)
        elif isinstance(node.func, ast.Attribute) and "caller" in ast.unparse(node.func.value):
            yield from calls_in(node.func.attr, node.args, known)


def calls_in(name: str, given: list[ast.expr], known: dict[str, str]) -> Iterator[Call]:
    """Yield the calls that one call of the gateway's `Caller` makes."""
    if name in READING:
        yield "GET", pattern(given[0], known), pattern(given[1], known)
    elif name == "send":
        method, service, path = (pattern(one, known) for one in given[:3])
        yield method, service, path
    elif name == "parts":
        for one in given:
            if isinstance(one, ast.Tuple):
                service, path = (pattern(part, known) for part in one.elts)
                yield "GET", service, path


def may_make(role: Role, call: Call) -> bool:
    """Whether the table lets `role` make a call that fits the patterns."""
    method, service = (re.compile(one) for one in call[:2])
    return any(
        method.fullmatch(endpoint.method)
        and any(service.fullmatch(one) for one in named(endpoint.service))
        and is_at(call[2], endpoint.path)
        and {ANYBODY, str(role)} & load_rights().roles_at(endpoint)
        for endpoint in load_rights().endpoints()
    )


def is_at(path: str, written: str) -> bool:
    """Whether a path that a page asks for can be the one `written` in the table."""
    example = re.sub(r"\\(.)", r"\1", path.replace(ANYTHING, "x"))
    held = re.sub(r"\{[^}]+\}", "[^/]+", written)
    return bool(re.fullmatch(path, written) or re.fullmatch(held, example))


def named(service: str) -> tuple[str, ...]:
    return tuple(SERVICES) if service == "*" else (service,)


@pytest.mark.promise("C4.2", "C4.3")
@pytest.mark.parametrize(("route", "who"), PAGES, ids=lambda one: getattr(one, "path", ""))
def test_whoever_is_admitted_to_a_page_may_make_each_of_its_calls(
    route: APIRoute, who: Admitting
) -> None:
    module = inspect.getmodule(route.endpoint)
    assert isinstance(module, ModuleType)
    assert isinstance(route.endpoint, FunctionType)
    calls = set(calls_of(route.endpoint, module, set()))
    wrong = [
        (role, call) for role in who.admission.roles for call in calls if not may_make(role, call)
    ]
    assert wrong == []


def test_the_calls_of_pages_are_really_found() -> None:
    assert len(PAGES) > 80
    (learners,) = [route for route, _ in PAGES if route.path == "/staff/learners"]
    module = inspect.getmodule(learners.endpoint)
    assert isinstance(module, ModuleType)
    assert isinstance(learners.endpoint, FunctionType)
    assert set(calls_of(learners.endpoint, module, set())) == {("GET", "learning", "/learners")}
    assert may_make(Role.TRAINER, ("GET", "learning", "/learners"))
    assert not may_make(Role.BILLING, ("GET", "learning", "/learners"))


@pytest.mark.promise("C4.2", "C4.3")
def test_the_navigation_offers_every_page_to_whom_it_admits_and_to_nobody_else() -> None:
    admits = {
        route.path: who.admission.roles for route, who in PAGES if "GET" in (route.methods or ())
    }
    for role in STAFF_ROLES:
        for entry in entries(role, GatewaySettings()):
            assert role in admits[entry.path], (role, entry.path)
    offered = {
        entry.path: {role for role in STAFF_ROLES if entry in entries(role, GatewaySettings())}
        for role in STAFF_ROLES
        for entry in entries(role, GatewaySettings())
    }
    assert offered == {path: set(admits[path]) & STAFF_ROLES for path in offered}


def test_no_page_names_roles_by_hand() -> None:
    assert admission("learning GET /invoices").roles == {Role.BILLING}
    assert admission("identity GET /me/authenticators").enrolling
    assert not admission("identity GET /me").enrolling
    assert Role.LEARNER not in admission("learning GET /statistics", staff=True).roles
    with pytest.raises(UnknownCallError):
        admission("learning GET /nothing")
