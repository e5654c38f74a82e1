"""What time zones are called, and how far they are from UTC."""

from datetime import datetime, timedelta
from functools import cache

from babel.dates import get_timezone_location

from shared.words import Language
from shared.zones import HOME, zone_of


@cache
def city_of(name: str, language: Language) -> str:
    """Return the place that a zone is named after, in words."""
    return str(get_timezone_location(name, locale=language, return_city=True))


def named(at: datetime, name: str | None, language: Language) -> str:
    """Return what follows a time of day so that it cannot be misread: nothing in Paris.

    As in ` (New York, UTC-5)`, the offset that holds `at` that instant.
    """
    zone = zone_of(name)
    if zone.key == HOME:
        return ""
    return f" ({city_of(zone.key, language)}, {offset(at.astimezone(zone))})"


def offset(local: datetime) -> str:
    """Return how far `local` is from UTC, as in `UTC+5:30`."""
    minutes = int((local.utcoffset() or timedelta()).total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")
