"""Every place in which anything is stored is listed with its clock, or with why it needs none."""

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from typing import Final

import pytest

from shared.topics import SERVICES, dead_letter_topic, events_topic
from tests.unit.docs.documents import DOCS, ROOT
from tests.unit.retention.given import RULES

TEXT: Final = (DOCS / "stored-places.md").read_text(encoding="utf-8")
ROW: Final = re.compile(r"^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
PLACES: Final = {place: clock for place, _, clock in ROW.findall(TEXT)}
JUSTIFIED: Final = re.compile(
    r"^(none: .{12,}|.*(pseudonymous|end with|own end|those of|each key).*)$"
)


def listed(place: str) -> bool:
    """Whether the table has a row for `place`."""
    return any(fnmatch(place, row) for row in PLACES)


def _named(pattern: str, text: str) -> Iterator[str]:
    yield from re.findall(pattern, text, re.MULTILINE)


def _collections() -> Iterator[str]:
    """Yield what the code calls its collections, with their service."""
    for file in [*(ROOT / "services").rglob("*.py"), *(ROOT / "shared").rglob("*.py")]:
        place = file.relative_to(ROOT).parts
        owner = place[1] if place[0] == "services" else "vault" if "vault" in place else "any"
        text = file.read_text(encoding="utf-8")
        for name in _named(r'^(?:COLLECTION|LEASES|POSITIONS)\b[^=]*= "(\w+)"', text):
            yield f"{owner}.{name}"
        if "projections" in place:
            for name in _named(r'^    name = "(\w+)"', text):
                yield f"{owner}.{name}"


@pytest.mark.promise("C2.11")
def test_every_collection_of_the_code_is_listed() -> None:
    found = set(_collections())
    assert len(found) > 25
    assert [place for place in sorted(found) if not listed(place)] == []


@pytest.mark.promise("C2.11")
def test_every_topic_is_listed() -> None:
    topics = [name(service) for service in SERVICES for name in (events_topic, dead_letter_topic)]
    assert [topic for topic in topics if not listed(topic)] == []


@pytest.mark.promise("C2.11")
@pytest.mark.parametrize("place", sorted(PLACES))
def test_every_place_has_rules_that_exist_or_says_why_it_needs_none(place: str) -> None:
    clock = PLACES[place].strip()
    named = [name for name in re.findall(r"`([a-z-]+)`", clock) if "." not in name]
    assert [name for name in named if RULES.rule(name) is None] == []
    assert named or JUSTIFIED.match(clock), clock


def test_every_rule_ends_something_somewhere() -> None:
    named = {name for clock in PLACES.values() for name in re.findall(r"`([a-z-]+)`", clock)}
    assert {rule.id for rule in RULES.rules} - named == set()


def test_an_unlisted_place_is_found() -> None:
    assert not listed("identity.exports")
    assert not listed("exports.links")
