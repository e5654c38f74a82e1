"""Promises are joined with the tests that prove them, and nothing is claimed without one."""

from pathlib import Path

import pytest

from deploy.docs.traceability import (
    Chapter,
    Promise,
    ProvingTest,
    TraceabilityError,
    render,
    sorted_tests,
)
from deploy.docs.written import ROOT


def _chapter(**promises: Promise) -> list[Chapter]:
    return [
        Chapter(title="A chapter", promises={n.replace("_", "."): p for n, p in promises.items()})
    ]


def _test(*numbers: str) -> ProvingTest:
    return ProvingTest(file=ROOT / "tests" / "test_x.py", name="test_it_holds", numbers=numbers)


def test_a_promise_with_a_test_names_it() -> None:
    page = render(_chapter(C1_1=Promise(text="Little is asked for.")), [_test("C1.1")])
    assert "| C1.1 | Little is asked for. | [test_x.py](../tests/test_x.py): it holds |" in page
    assert "**1 of 1**" in page


def test_a_promise_without_a_test_is_not_kept_yet() -> None:
    page = render(_chapter(C1_1=Promise(text="x", later="waits for the edge")), [])
    assert "**not kept yet:** waits for the edge" in page
    assert "**0 of 1**" in page


def test_an_unknown_promise_in_a_mark_is_refused() -> None:
    with pytest.raises(TraceabilityError, match=r"C99\.9"):
        render(_chapter(C1_1=Promise(text="x")), [_test("C99.9")])


def test_code_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TraceabilityError, match="no/such/file"):
        render(_chapter(C1_1=Promise(text="x", code=("no/such/file.py",))), [])


def test_marks_are_read_from_functions_classes_and_modules(tmp_path: Path) -> None:
    (tmp_path / "test_marks.py").write_text(
        "import pytest\n"
        "pytestmark = [pytest.mark.slow, pytest.mark.promise('C1.1')]\n"
        "@pytest.mark.promise('C1.2', 'C1.3')\n"
        "def test_a(): ...\n"
        "@pytest.mark.promise('C1.4')\n"
        "class TestThings:\n"
        "    async def test_b(self): ...\n"
        "    def helper(self): ...\n"
    )
    found = {test.name: test.numbers for test in sorted_tests(tmp_path)}
    assert found == {"test_a": ("C1.1", "C1.2", "C1.3"), "test_b": ("C1.1", "C1.4")}
