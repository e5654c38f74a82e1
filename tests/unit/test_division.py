"""The tests are divided by what they share, and the long ones that are named are there."""

from typing import Final

import pytest

from tests.division import ALONE, FIRST, WHOLE_SYSTEM, unit_of
from tests.unit.docs.documents import ROOT


@pytest.mark.parametrize(
    ("test", "unit"),
    [
        ("tests/e2e/test_holds.py::test_a", "system"),
        ("tests/outside/test_subscriber.py::test_a", "system"),
        ("tests/chaos/test_chaos.py::test_a[b::c]", "tests/chaos/test_chaos.py::test_a[b::c]"),
        ("tests/unit/cli/test_keys.py::test_a[b::c]", "tests/unit/cli/test_keys.py"),
    ],
)
def test_a_unit_is_a_file_the_whole_system_or_a_test_of_chaos(test: str, unit: str) -> None:
    assert unit_of(test) == unit


NAMED: Final = sorted({*WHOLE_SYSTEM, *ALONE, *FIRST})


@pytest.mark.parametrize("beginning", NAMED)
def test_what_is_named_exists(beginning: str) -> None:
    path, _, function = beginning.partition("::")
    assert (ROOT / path).exists()
    assert not function or f"def {function}" in (ROOT / path).read_text(encoding="utf-8")
