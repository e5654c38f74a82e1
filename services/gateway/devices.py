"""What a browser says it is, as a person would name the device: no version, no address."""

from dataclasses import dataclass
from typing import Final

from ua_parser import parse_os, parse_user_agent

LONGEST: Final = 300
"""Of what a browser says, no more is looked at."""


@dataclass(frozen=True, slots=True)
class Device:
    """A browser and the system it runs on; `None` where they are not recognised."""

    browser: str | None = None
    system: str | None = None


NO_DEVICE: Final = Device()


def device_of(user_agent: str) -> Device:
    """Return the device that a `User-Agent` header describes."""
    said = user_agent[:LONGEST]
    browser, system = parse_user_agent(said), parse_os(said)
    return Device(browser.family if browser else None, system.family if system else None)
