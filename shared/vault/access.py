"""What the request at hand may open, and whose values it has opened.

A keyring holds a process back; this holds back one request within it. The vault asks here at every
value, since an unwrapped key may be in memory already on behalf of somebody else. Work that no
request asked for (reactions, schedules) is the service's own, and only its keyring limits it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final

from shared.personal import Category
from shared.vault.wrapping import UnheldCategoryError

COMPLIANCE: Final = frozenset({"dpo", "security"})
"""Roles that may read what the law leaves of restricted data: legal claims, others' rights."""
NO_STAFF: Final = frozenset({None, "learner", "system"})
"""Who restrictions do not keep out: the person, and what the system does of itself."""


class RestrictedError(Exception):
    """The person has restricted the category: kept, and read only for what the law leaves."""


class CategoryNotAllowedError(UnheldCategoryError):
    """The request at hand may not touch values of the category, though this process could."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who of staff is shown values of others."""

    subject: str
    role: str


@dataclass(slots=True)
class Access:
    """One request's limits, and what it made of them."""

    categories: frozenset[Category] = frozenset()
    """What it may open and seal: nothing until somebody has been authorised."""
    opened: set[tuple[str, Category]] = field(default_factory=set)
    """Subject and category of every value it has opened."""
    reader: Reader | None = None
    """For whom, where what was opened has to be recorded before the answer."""
    role: str | None = None
    """Of whoever asks, once authorised; none where nobody signs in."""
    holder: tuple[str, str] | None = None
    """Id and role of whoever is answered in a session; none of the system and of nobody."""
    stated: tuple[str, str] | None = None
    """Reason and file number, where they were stated."""
    broken_glass: dict[str, str] = field(default_factory=dict)
    """Break-glass accesses by the person of whom each lets more be read than the compartment."""
    recorded: set[str] = field(default_factory=set)
    """Subjects of whom the reading is recorded already."""


_CURRENT: Final[ContextVar[Access | None]] = ContextVar("access", default=None)


def current_access() -> Access | None:
    """Return the limits of the request at hand; `None` in a service's own work."""
    return _CURRENT.get()


def allows(category: Category) -> bool:
    """Whether the request at hand, if there is one, may open values of `category`."""
    access = _CURRENT.get()
    return access is None or category in access.categories


def reads_restricted(category: Category) -> bool:
    """Whether the request at hand may open what its person has restricted (GDPR art. 18(2)).

    The person may, by their own wish. Compliance may with a stated reason, which is recorded; what
    it decides or corrects for the person needs none, nor does what they have written to it. A
    service's own work is checked where it uses the data: storing, erasing and proving go on.
    """
    access = _CURRENT.get()
    if access is None or access.role in NO_STAFF:
        return True
    needs_no_reason = access.reader is None or category is Category.SUPPORT
    return access.role in COMPLIANCE and (needs_no_reason or access.stated is not None)


@contextmanager
def limited_to(access: Access) -> Iterator[Access]:
    """Let `access` limit everything that is awaited, or started, within the context."""
    token = _CURRENT.set(access)
    try:
        yield access
    finally:
        _CURRENT.reset(token)


@contextmanager
def own_work() -> Iterator[None]:
    """Do a service's own work on demand: what it opens is never part of the answer."""
    token = _CURRENT.set(None)
    try:
        yield
    finally:
        _CURRENT.reset(token)
