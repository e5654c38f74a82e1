"""What the tests of the documents share."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from shared.yaml_text import parsed

ROOT: Final = Path(__file__).resolve().parents[3]
DOCS: Final = ROOT / "docs"
WRITTEN: Final = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
"""Every document in prose."""

_LINK: Final = re.compile(r"\]\(([^)\s]+)\)")
_FENCE: Final = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


@cache
def loaded(path: Path) -> dict[str, Any]:
    """Return a YAML document, read once for all tests: nobody changes it."""
    document: dict[str, Any] = parsed(path.read_text(encoding="utf-8"))
    return document


def links(document: Path) -> Iterator[str]:
    """Yield the targets of the links and pictures in a document."""
    yield from _LINK.findall(_FENCE.sub("", document.read_text(encoding="utf-8")))


def walk(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every object within a document, depth first."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from walk(value)
