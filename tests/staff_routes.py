"""Every route of a service that staff may call, found in the running application itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from shared.http.auth import STAFF_ROLES, Role
from shared.rights import Endpoint, load_rights


@dataclass(frozen=True, slots=True)
class StaffRoute:
    """One route, the staff roles that it admits, and its path with every parameter filled in."""

    method: str
    path: str
    template: str
    roles: frozenset[Role]


def staff_routes(app: FastAPI, parameters: Mapping[str, str]) -> Iterator[StaffRoute]:
    """Yield the routes of `app` that admit staff; a parameter that nobody knows is a `KeyError`."""
    rights = load_rights()
    for context in iter_route_contexts(app.routes):
        route, template = context.original_route, str(context.path)
        if not isinstance(route, APIRoute) or template.startswith("/ops"):
            continue
        for method in sorted(route.methods or ()):
            roles = STAFF_ROLES & rights.roles_at(Endpoint(app.state.service, method, template))
            if not roles:
                continue
            named = {one.name: parameters[one.name] for one in route.dependant.path_params}
            yield StaffRoute(method, template.format(**named), template, frozenset(roles))
