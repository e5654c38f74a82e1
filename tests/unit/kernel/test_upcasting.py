"""Events of older versions are read step by step in the shape of today."""

from typing import Any, ClassVar

import pytest

from shared.events.base import Event, Upcaster
from shared.events.registry import (
    EventTypes,
    MissingUpcasterError,
    NewerVersionError,
    UnknownEventError,
)


def _renamed(data: dict[str, Any]) -> dict[str, Any]:
    return {"stars": data["points"]}


def _doubled(data: dict[str, Any]) -> dict[str, Any]:
    return {"stars": data["stars"] * 2}


class Rated(Event):
    VERSION: ClassVar[int] = 3
    UPCASTERS: ClassVar[dict[int, Upcaster]] = {1: _renamed, 2: _doubled}

    stars: int


TYPES = EventTypes([Rated])


@pytest.mark.parametrize(
    ("version", "data"), [(1, {"points": 2}), (2, {"stars": 2}), (3, {"stars": 4})]
)
def test_every_version_is_read_in_the_shape_of_the_last(version: int, data: dict[str, Any]) -> None:
    assert TYPES.decode("Rated", version, data) == Rated(stars=4)


def test_json_of_an_older_version_is_read_too() -> None:
    assert TYPES.decode_json("Rated", 1, b'{"points": 2}') == Rated(stars=4)


def test_a_version_that_nobody_can_read_stops_the_start() -> None:
    class Unread(Event):
        VERSION: ClassVar[int] = 3
        UPCASTERS: ClassVar[dict[int, Upcaster]] = {2: _doubled}

    with pytest.raises(MissingUpcasterError, match="Unread has no upcaster from v1"):
        EventTypes([Unread])


def test_what_a_later_release_wrote_is_told_apart() -> None:
    assert TYPES.knows("Rated", 3)
    assert not TYPES.knows("Rated", 4)
    assert not TYPES.knows("Blamed", 1)
    with pytest.raises(NewerVersionError):
        TYPES.decode("Rated", 4, {})
    with pytest.raises(UnknownEventError):
        TYPES.decode("Blamed", 1, {})
