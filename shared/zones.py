"""Time zones of people, by their IANA names; whoever chose none lives by the clock of Paris."""

from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

HOME: Final = "Europe/Paris"
AREAS: Final = frozenset(
    {
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    }
)
"""Of zones named after a place; `Etc/GMT+5` and the like say nothing of summer time."""
LONGEST: Final = 64


@cache
def zones() -> frozenset[str]:
    """Return the names of every zone that is named after a place."""
    return frozenset(one for one in available_timezones() if one.partition("/")[0] in AREAS)


def is_zone(name: str) -> bool:
    """Whether `name` is one of `zones`."""
    return name in zones()


def zone_of(name: str | None) -> ZoneInfo:
    """Return the zone of that name, or Paris where it is none that is known."""
    return ZoneInfo(name if name is not None and is_zone(name) else HOME)
