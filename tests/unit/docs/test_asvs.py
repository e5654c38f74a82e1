"""docs/asvs.md answers for every requirement of ASVS 5.0.0, levels 1 and 2, of its chapters."""

import re
from itertools import chain
from typing import Final

from tests.unit.docs.documents import DOCS

TESTS: Final = DOCS.parent / "tests"
PAGE: Final = (DOCS / "asvs.md").read_text(encoding="utf-8")
LEVELS_1_AND_2: Final[dict[str, int]] = {
    "6.1": 3,
    "6.2": 12,
    "6.3": 4,
    "6.4": 4,
    "6.5": 5,
    "6.6": 3,
    "6.8": 4,
    "7.1": 3,
    "7.2": 4,
    "7.3": 2,
    "7.4": 5,
    "7.5": 2,
    "7.6": 2,
    "8.1": 2,
    "8.2": 3,
    "8.3": 1,
    "8.4": 1,
    "9.1": 3,
    "9.2": 4,
    "10.1": 2,
    "10.2": 2,
    "10.3": 4,
    "10.4": 11,
    "10.5": 5,
    "10.6": 2,
    "10.7": 3,
    "11.1": 2,
    "11.2": 3,
    "11.3": 3,
    "11.4": 4,
    "11.5": 1,
    "11.6": 1,
    "14.1": 2,
    "14.2": 4,
    "14.3": 3,
    "16.1": 1,
    "16.2": 5,
    "16.3": 4,
    "16.4": 3,
    "16.5": 3,
}
"""Requirements of levels 1 and 2 by section: they come first there, those of level 3 after them."""
SECTIONS: Final = LEVELS_1_AND_2.keys() | {"6.7"}
NUMBER: Final = r"\d+\.\d+\.\d+"


def rows() -> list[tuple[list[str], str]]:
    """Return the requirements of each row, and what proves them."""
    found = []
    for line in PAGE.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        numbers = re.match(rf"{NUMBER}(?:(?:, | to | and ){NUMBER})*", cells[0])
        if line.startswith("|") and numbers:
            found.append((_listed(numbers.group()), cells[-1]))
    return found


def _listed(text: str) -> list[str]:
    """Return the numbers in `text`, those between the ends of a range too."""
    span = re.fullmatch(rf"({NUMBER}) to ({NUMBER})", text)
    if span is None:
        return re.findall(NUMBER, text)
    section, first = span[1].rsplit(".", 1)
    return [f"{section}.{n}" for n in range(int(first), int(span[2].rsplit(".", 1)[1]) + 1)]


def test_every_requirement_of_levels_1_and_2_has_its_row() -> None:
    wanted = {
        f"{section}.{number}"
        for section, count in LEVELS_1_AND_2.items()
        for number in range(1, count + 1)
    }
    assert wanted - set(chain.from_iterable(numbers for numbers, _ in rows())) == set()


def test_every_row_is_proved_or_says_why_it_does_not_apply() -> None:
    for numbers, proof in rows():
        if numbers[0].rsplit(".", 1)[0] not in SECTIONS:
            continue
        assert proof.strip("*") != "open", numbers
        named = re.findall(r"`([^`]+)`", proof)
        excused = proof.startswith(("not applicable: ", "the same"))
        assert named or excused, numbers


def test_every_test_that_is_named_exists() -> None:
    sources = {path: path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py")}
    known = set(re.findall(r"def (test_\w+)", "\n".join(sources.values())))
    files = {path.relative_to(TESTS).as_posix() for path in sources}
    named = {
        name
        for _, proof in rows()
        for name in re.findall(r"`((?:[\w/]*/)?test_\w+(?:\.py)?)`", proof)
    }
    assert len(named) > 100
    assert {one for one in named if one not in known and one not in files} == set()
