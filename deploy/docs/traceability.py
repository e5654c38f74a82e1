"""`docs/traceability.md`: promise -> code -> tests -> screen.

What is promised, where it is done and where it is seen stands in `docs/promises.yaml`, kept by
hand. Which tests prove it is read from their marks: `@pytest.mark.promise("C8.4")`.
"""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, TypeAdapter

from deploy.docs.written import DOCS, ROOT, Documents
from shared.yaml_text import parsed

PROMISES: Final = DOCS / "promises.yaml"
TESTS: Final = ROOT / "tests"
MARK: Final = "promise"
UNPROVED: Final = "it is built, and no test proves it yet"

INTRODUCTION: Final = """\
# Promises, and what keeps them

<!-- Generated from docs/promises.yaml and the marks of the tests: `python -m deploy.docs`. -->

A promise is kept when an automated test proves it. The others are listed as what they are: not
kept yet, with the work they wait for. **open** says what is missing from a promise that is
otherwise proved.
"""


class TraceabilityError(Exception):
    """The map of promises contradicts the tests or the tree; the message says where."""


class Promise(BaseModel):
    """One promise of the privacy policy, in our own words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    code: tuple[str, ...] = ()
    """Files and folders that keep it, from the root of the repository."""
    screen: str | None = None
    """Where a person sees it."""
    later: str | None = None
    """What is not kept yet, and the work it waits for."""


class Chapter(BaseModel):
    """Promises on one subject."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    promises: dict[str, Promise]


class ProvingTest(BaseModel):
    """A test with the promises its mark names."""

    model_config = ConfigDict(frozen=True)

    file: Path
    name: str
    numbers: tuple[str, ...]


def document() -> Documents:
    """Return the document by its file.

    Raises:
        TraceabilityError: see `render`.
    """
    chapters = TypeAdapter(list[Chapter]).validate_python(
        parsed(PROMISES.read_text(encoding="utf-8"))
    )
    return {DOCS / "traceability.md": render(chapters, sorted_tests(TESTS))}


def sorted_tests(folder: Path) -> list[ProvingTest]:
    """Return the marked tests under `folder`, by file and place in it."""
    return [test for file in sorted(folder.rglob("test_*.py")) for test in _marked(file)]


def render(chapters: Iterable[Chapter], tests: Iterable[ProvingTest]) -> str:
    """Return the document.

    Raises:
        TraceabilityError: a mark names an unknown promise, or a file of the map does not exist.
    """
    chapters = list(chapters)
    known = {number for chapter in chapters for number in chapter.promises}
    proofs: dict[str, list[ProvingTest]] = {number: [] for number in known}
    for test in tests:
        for number in test.numbers:
            if number not in known:
                raise TraceabilityError(f"{test.file.name}: {test.name} names no promise {number}")
            proofs[number].append(test)
    kept = sum(1 for found in proofs.values() if found)
    lines = [INTRODUCTION, f"**{kept} of {len(known)}** promises are proved by tests.", ""]
    for chapter in chapters:
        lines += [f"## {chapter.title}", "", "| | promise | tests | code | screen |"]
        lines.append("| --- | --- | --- | --- | --- |")
        lines += [_row(n, promise, proofs[n]) for n, promise in chapter.promises.items()]
        lines.append("")
    return "\n".join(lines)


def _row(number: str, promise: Promise, tests: list[ProvingTest]) -> str:
    for path in promise.code:
        if not (ROOT / path).exists():
            raise TraceabilityError(f"{number}: there is no {path}")
    by_file: dict[Path, list[str]] = {}
    for test in tests:
        by_file.setdefault(test.file, []).append(test.name)
    proofs = [_proof(file, names) for file, names in by_file.items()]
    if not tests:
        proofs.append(f"**not kept yet:** {promise.later or UNPROVED}")
    elif promise.later is not None:
        proofs.append(f"**open:** {promise.later}")
    code = [f"[{path}](../{path})" for path in promise.code]
    screen = promise.screen or ""
    cells = (number, promise.text, "<br>".join(proofs), "<br>".join(code), screen)
    return f"| {' | '.join(cells)} |"


def _proof(file: Path, names: list[str]) -> str:
    path = file.relative_to(ROOT).as_posix()
    shown = ", ".join(name.removeprefix("test_").replace("_", " ") for name in names)
    return f"[{path.removeprefix('tests/')}](../{path}): {shown}"


def _marked(file: Path) -> Iterator[ProvingTest]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    whole = [number for node in tree.body for number in _module_marks(node)]
    for name, numbers in _tests(tree.body, whole):
        if numbers:
            yield ProvingTest(file=file, name=name, numbers=tuple(dict.fromkeys(numbers)))


def _tests(body: Iterable[ast.stmt], inherited: list[str]) -> Iterator[tuple[str, list[str]]]:
    for node in body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                if name.startswith("test"):
                    yield name, [*inherited, *_numbers(node.decorator_list)]
            case ast.ClassDef():
                yield from _tests(node.body, [*inherited, *_numbers(node.decorator_list)])
            case _:
                continue


def _module_marks(node: ast.stmt) -> list[str]:
    match node:
        case ast.Assign(targets=[ast.Name(id="pytestmark")], value=value):
            return _numbers(value.elts if isinstance(value, ast.List) else [value])
        case _:
            return []


def _numbers(expressions: Iterable[ast.expr]) -> list[str]:
    """Return the numbers in the `pytest.mark.promise(...)` calls among `expressions`."""
    return [
        str(argument.value)
        for call in expressions
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == MARK
        for argument in call.args
        if isinstance(argument, ast.Constant)
    ]
