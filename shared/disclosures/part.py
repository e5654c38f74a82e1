"""One service's part of a disclosure: its values as JSON, the same bytes for the same values."""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from typing import Any, Final

from shared.held_data import HeldDatum

LARGEST: Final = 256 * 1024
"""Bytes of compressed values in one part, so that the sealed part fits into a record of a topic."""


def part_json(service: str, disclosed: Mapping[str, Iterable[HeldDatum]]) -> bytes:
    """Return what `service` discloses, by person, in the order in which it was recorded."""
    told = {
        "service": service,
        "persons": {
            person: [one.model_dump(mode="json", exclude={"erased", "source"}) for one in values]
            for person, values in sorted(disclosed.items())
        },
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def packed(content: bytes) -> str | None:
    """Return `content` as an event carries it; `None` where it is too large for one."""
    compressed = zlib.compress(content, 9)
    return b64encode(compressed).decode() if len(compressed) <= LARGEST else None


def unpacked(text: str) -> bytes:
    """Return what `packed` was given."""
    return zlib.decompress(b64decode(text))


def values_of(content: bytes) -> dict[str, list[dict[str, Any]]]:
    """Return the values of a part by person."""
    found: dict[str, list[dict[str, Any]]] = json.loads(content)["persons"]
    return found
