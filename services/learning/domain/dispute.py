"""Who decides about a value that its person says is wrong (C8.2, C4.2; GDPR art. 16, 18(1)(a))."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.learning.domain.errors import (
    AlreadyContestedError,
    DisputeNotFoundError,
    NotDeciderError,
)
from shared.events.disputes import DisputedField

DECIDERS: Final[Mapping[DisputedField, frozenset[str]]] = {
    "score": frozenset({"trainer", "dpo"}),
    "comment": frozenset({"trainer", "dpo"}),
    "access_until": frozenset({"dpo"}),
    "billing_name": frozenset({"billing", "dpo"}),
}
"""Nobody decides about what their role does not read; the officer may about all of it."""


@dataclass(frozen=True, slots=True)
class Contested:
    """A value that its person says is wrong, until somebody has decided."""

    field: DisputedField
    about: str
    """The event that holds the value; the enrolment, for its last day."""
    number: int = 1
    """Which answer to the exercise, or which decision of a trainer, from 1."""
    exercise_id: str | None = None
    restricted: bool = False
    """Whether it serves nothing else meanwhile, as the person asked."""


def require_new(contested: Mapping[str, Contested], field: DisputedField, about: str) -> None:
    """Let pass what is not contested yet.

    Raises:
        AlreadyContestedError: somebody is about to decide about the same value.
    """
    if any((one.field, one.about) == (field, about) for one in contested.values()):
        raise AlreadyContestedError


def open_one(contested: Mapping[str, Contested], dispute_id: str) -> Contested:
    """Return the open dispute of that id.

    Raises:
        DisputeNotFoundError: there is none, or it is settled.
    """
    if dispute_id not in contested:
        raise DisputeNotFoundError
    return contested[dispute_id]


def require_decider(field: DisputedField, role: str, *, archived: bool, author: bool) -> None:
    """Let pass who may decide about `field`.

    Args:
        field: what is disputed.
        role: of who decides.
        archived: whether it is in the intermediate archive, which trainers do not read (C2.6).
        author: whether they made the assessment themselves: nobody judges their own.

    Raises:
        NotDeciderError: somebody else decides.
    """
    trainer_may_not = role == "trainer" and (archived or author)
    if role not in DECIDERS[field] or trainer_may_not:
        raise NotDeciderError
