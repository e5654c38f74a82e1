"""What a browser says it is, as rules compare it: browser and system, no version."""

from functools import lru_cache
from typing import Final

from ua_parser import parse_os, parse_user_agent

LONGEST: Final = 300
"""Of what a browser says, no more is looked at."""
KEPT: Final = 2_000


@lru_cache(KEPT)
def kind_of(user_agent: str) -> str:
    """Return what kind of browser on what kind of system a `User-Agent` describes."""
    said = user_agent[:LONGEST]
    browser, system = parse_user_agent(said), parse_os(said)
    family = browser.family if browser else "?"
    return f"{family}, {system.family if system else '?'}"
