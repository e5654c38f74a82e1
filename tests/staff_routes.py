"""Every route of a service that staff may call, found in the running application itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from shared.http.auth import STAFF_ROLES, Role, RoleCheck


@dataclass(frozen=True, slots=True)
class StaffRoute:
    """One route, the staff roles that it admits, and its path with every parameter filled in."""

    method: str
    path: str
    template: str
    roles: frozenset[Role]


def staff_routes(app: FastAPI, parameters: Mapping[str, str]) -> Iterator[StaffRoute]:
    """Yield the routes of `app` that admit staff; a parameter that nobody knows is a `KeyError`."""
    for context in iter_route_contexts(app.routes):
        route, template = context.original_route, str(context.path)
        if not isinstance(route, APIRoute) or template.startswith("/ops"):
            continue
        roles = frozenset(_roles(route.dependant)) & STAFF_ROLES
        if not roles:
            continue
        named = {one.name: parameters[one.name] for one in route.dependant.path_params}
        for method in sorted(route.methods or ()):
            yield StaffRoute(method, template.format(**named), template, roles)


def _roles(dependant: Dependant) -> Iterator[Role]:
    if isinstance(dependant.call, RoleCheck):
        yield from dependant.call.roles
    for one in dependant.dependencies:
        yield from _roles(one)
