"""The extent of an incident: who and which categories, from what the streams tell (C7.8)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from services.retention.domain.life.life import Life
from shared.events.base import Identifier
from shared.personal import Category


class Question(BaseModel):
    """What was exposed: data that was kept at the time, or what one member of staff was shown."""

    model_config = ConfigDict(frozen=True)

    categories: tuple[Category, ...] = Field(min_length=1)
    since: datetime
    until: datetime
    reader: Identifier | None = None
    """The member of staff whose readings count; everybody's data that was kept, when absent."""
    person: Identifier | None = None
    """The person whose data alone is asked about, as when one account was taken over."""


@dataclass(frozen=True, slots=True)
class Concerned:
    """One person, and which of their data is concerned."""

    subject: str
    categories: tuple[Category, ...]
    first_at: datetime | None = None
    """The first reading, where readings were asked about."""


@dataclass(slots=True)
class Extent:
    """How many are concerned; counts, so that millions can be added up."""

    persons: int = 0
    by_category: Counter[Category] = field(default_factory=Counter)
    first_at: datetime | None = None

    def add(self, one: Concerned) -> None:
        """Count one person."""
        self.persons += 1
        self.by_category.update(one.categories)
        if one.first_at is not None:
            self.first_at = min(one.first_at, self.first_at or one.first_at)


def kept_in(life: Life, question: Question) -> Concerned | None:
    """Return what was kept of a person at any instant of the question's time; `None` for nothing.

    What was forgotten before cannot have been exposed: its keys were gone.
    """
    categories = {
        scope.category
        for scope, held_since in life.held.items()
        if question.person in (None, life.subject)
        and scope.category in question.categories
        and held_since <= question.until
        and not ((gone := life.gone.get(scope)) is not None and gone <= question.since)
    }
    return Concerned(life.subject, tuple(sorted(categories))) if categories else None


def shown(readings: Iterable[Mapping[str, Any]], question: Question) -> list[Concerned]:
    """Return whose data the readings showed, person by person.

    Args:
        readings: `subject_id`, `categories` and `read_at` each, of the asked reader and time.
        question: what is asked.
    """
    found: dict[str, tuple[set[Category], datetime]] = {}
    for reading in readings:
        subject, read_at = reading["subject_id"], reading["read_at"]
        if question.person not in (None, subject):
            continue
        if seen := {one for one in question.categories if one in reading["categories"]}:
            known, first_at = found.get(subject, (set(), read_at))
            found[subject] = (known | seen, min(first_at, read_at))
    return [
        Concerned(subject, tuple(sorted(categories)), first_at)
        for subject, (categories, first_at) in sorted(found.items())
    ]
