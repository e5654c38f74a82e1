"""What there is to choose from on the officer's forms."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from services.gateway import labels
from services.gateway.visitor import Visitor
from shared.personal import Category
from shared.words import Text

OF_PEOPLE: Final = [
    str(one) for one in Category if one not in {Category.DEAD_LETTERS, Category.CANARIES}
]
"""Categories of data about people."""


def named(visitor: Visitor, kind: str, codes: Iterable[str]) -> list[tuple[str, str]]:
    """Return `codes` of `kind` with what they are called."""
    return [(code, labels.label(visitor.words, kind, code)) for code in codes]


def said(visitor: Visitor, texts: Mapping[Any, Text]) -> list[tuple[str, str]]:
    """Return the codes of `texts` with their words in the visitor's language."""
    return [(code, text.say(visitor.language)) for code, text in texts.items()]


def boxed(form: Mapping[str, str], prefix: str) -> list[str]:
    """Return the codes whose boxes, `<prefix>-<code>`, are ticked."""
    start = f"{prefix}-"
    return [name.removeprefix(start) for name in form if name.startswith(start)]
