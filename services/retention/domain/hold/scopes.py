"""What a hold keeps, compared with what it is asked to keep."""

from collections.abc import Iterable, Sequence

from shared.events.retention import HeldScope
from shared.personal import Category


def whole(categories: Iterable[Category]) -> tuple[HeldScope, ...]:
    """Return the scopes that keep all of `categories`."""
    return tuple(HeldScope(category=category) for category in sorted(set(categories)))


def tidied(scopes: Iterable[HeldScope]) -> tuple[HeldScope, ...]:
    """Return `scopes` each once, in order, without objects of categories that are kept whole."""
    given = set(scopes)
    all_of = {scope.category for scope in given if scope.object is None}
    needed = (s for s in given if s.object is None or s.category not in all_of)
    return tuple(sorted(needed, key=lambda s: (s.category, s.object or "")))


def within(fewer: Sequence[HeldScope], scopes: Sequence[HeldScope]) -> bool:
    """Whether `fewer` keeps something, nothing beyond `scopes`, and less than they do."""
    inside = all(
        one in scopes or HeldScope(category=one.category) in scopes for one in tidied(fewer)
    )
    return bool(fewer) and inside and tidied(fewer) != tidied(scopes)


def categories_of(scopes: Iterable[HeldScope]) -> tuple[Category, ...]:
    """Return every category of which `scopes` keep something."""
    return tuple(sorted({scope.category for scope in scopes}))
