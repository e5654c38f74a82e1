"""Who is admitted to a page: whoever the table of rights lets make the calls that it makes.

Pages name their calls, never roles: the table is the only place where rights are written.
"""

from dataclasses import dataclass
from functools import cache, reduce
from typing import Final

from shared.http.auth import STAFF_ROLES, Role
from shared.rights import ANYBODY, Endpoint, Rights, load_rights

EVERYBODY: Final = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Admission:
    """What a page calls, and hence who may open it."""

    calls: tuple[Endpoint, ...]
    roles: frozenset[Role]
    """Whoever may make every call."""
    enrolling: bool
    """Whether staff may open it by their password alone."""


class UnknownCallError(LookupError):
    """A page names a call that the table of rights does not know."""


@cache
def admission(*calls: str, staff: bool = False) -> Admission:
    """Return who may make every one of `calls`, each `service METHOD /path`.

    Args:
        calls: as the table of rights writes them.
        staff: whether the page is for staff, whoever else may make the calls.

    Raises:
        UnknownCallError: nobody may make one of them.
    """
    rights = load_rights()
    endpoints = tuple(Endpoint(*call.split(" ", 2)) for call in calls)
    among = STAFF_ROLES if staff else EVERYBODY
    roles = reduce(lambda left, one: left & _roles(rights, one), endpoints, frozenset(among))
    demands = [
        rights.demand_at(one, str(role)) for one in endpoints for role in roles & STAFF_ROLES
    ]
    return Admission(
        endpoints, roles, bool(demands) and all(demand.first_factor for demand in demands)
    )


def _roles(rights: Rights, endpoint: Endpoint) -> frozenset[Role]:
    named = rights.roles_at(endpoint)
    if not named:
        raise UnknownCallError(str(endpoint))
    return EVERYBODY if ANYBODY in named else frozenset(Role(one) for one in named)
