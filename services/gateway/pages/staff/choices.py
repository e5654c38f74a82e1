"""What there is to choose from on the officer's forms."""

from collections.abc import Iterable

from services.gateway import labels
from services.gateway.visitor import Visitor


def named(visitor: Visitor, kind: str, codes: Iterable[str]) -> list[tuple[str, str]]:
    """Return `codes` of `kind` with what they are called."""
    return [(code, labels.label(visitor.words, kind, code)) for code in codes]
