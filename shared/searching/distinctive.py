"""Which texts betray somebody wherever they lie, and which are too short or too common to. Pure.

A search that cried wolf at every "yes" or "2026-01-31" would never come back empty, so what cannot
be told apart from innocent text is left out, counted, and told in the certificate.
"""

import ipaddress
import re
from collections.abc import Container, Iterator
from typing import Any, Final

SHORTEST: Final = 6
"""Characters below which a text occurs by chance."""
FEWEST_DIGITS: Final = 9
"""A number shorter than a telephone number occurs by chance."""
WHOLE_UP_TO: Final = 40
"""Longer texts are searched for by pieces, so that a part of one is found too."""
PIECE: Final = 24
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}(\D.*)?")
_NUMBER: Final = re.compile(r"[+-]?[\d\s.,:/-]+")
_OPAQUE: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_KEPT_APART: Final = ("127.", "::1", "localhost", "0.0.0.0")  # noqa: S104 - compared with, not bound


def texts_in(value: Any) -> Iterator[str]:
    """Yield every text and number within a JSON value, as text."""
    if isinstance(value, dict):
        for one in value.values():
            yield from texts_in(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts_in(one)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def canaries_of(text: str, common: Container[str]) -> tuple[str, ...]:
    """Return what betrays `text`: itself, or pieces where it is long; nothing where nothing does.

    Args:
        text: a personal value.
        common: texts that prove nothing, such as the product's own.
    """
    text = text.strip()
    if not _is_distinctive(text, common):
        return ()
    if len(text) <= WHOLE_UP_TO:
        return (text,)
    middle = (len(text) - PIECE) // 2
    pieces = (text[:PIECE], text[middle : middle + PIECE], text[-PIECE:])
    return tuple(
        dict.fromkeys(one for one in map(str.strip, pieces) if _is_distinctive(one, common))
    )


def _is_distinctive(text: str, common: Container[str]) -> bool:
    if len(text) < SHORTEST or _DATE.fullmatch(text) or _OPAQUE.fullmatch(text.lower()):
        return False
    if _NUMBER.fullmatch(text):
        return sum(map(str.isdigit, text)) >= FEWEST_DIGITS and not _is_own_address(text)
    if text.startswith(_KEPT_APART) or _is_own_address(text):
        return False
    return text not in common


def _is_own_address(text: str) -> bool:
    """Whether `text` is an address of this machine or of a private network."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return address.is_loopback or address.is_link_local or _is_private(address)


def _is_private(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return any(address in network for network in _PRIVATE if network.version == address.version)


_PRIVATE: Final = tuple(
    map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"))
)
