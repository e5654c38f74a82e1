"""By which clock a browser's pages tell moments.

The zone says roughly where somebody lives. It stays in a cookie of that person's own browser, left
at the sign-in and when another zone is chosen: sessions, here, hold nothing personal.
"""

from functools import cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import Response

from services.gateway.portal import Portal
from services.gateway.sessions import Session
from services.gateway.wording import PARIS, Language
from shared.http.auth import Role
from shared.zone_words import city_of
from shared.zones import HOME, zone_of, zones

if TYPE_CHECKING:
    from services.gateway.visitor import Visitor

COOKIE: Final = "zone"


def zone_in_use(request: Request, portal: Portal, session: Session | None) -> ZoneInfo:
    """Return the zone that a signed-in learner lives in; for everybody else, Paris."""
    if session is None or session.role is not Role.LEARNER:
        return PARIS
    return zone_of(request.cookies.get(portal.cookie_name(COOKIE), HOME).replace("|", "/"))


def keep_zone(visitor: "Visitor", response: Response, zone: str) -> None:
    """Leave the zone on the browser until it is closed; nothing where that is Paris."""
    name = visitor.portal.cookie_name(COOKIE)
    if zone_of(zone or HOME).key != HOME:
        visitor.set_cookie(response, name, zone.replace("/", "|"), seconds=None)
    elif name in visitor.request.cookies:
        visitor.drop_cookie(response, name)


@cache
def zone_options(language: Language) -> list[tuple[str, str]]:
    """Return every zone with its place in words, in the order of the alphabet."""
    named = ((one, f"{city_of(one, language)} ({one})") for one in zones())
    return sorted(named, key=lambda option: option[1].casefold())
