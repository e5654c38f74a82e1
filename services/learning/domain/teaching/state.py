"""Whom a trainer teaches."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from shared.cohorts import cohort_of
from shared.events.base import SubjectId


class Group(NamedTuple):
    """Who takes a module: those of one cohort, or all."""

    module_id: str
    cohort: str | None = None

    def covers(self, module_id: str, enrolled_at: datetime | None) -> bool:
        """Whether an enrolment in `module_id` at `enrolled_at` belongs to the group."""
        if enrolled_at is None or module_id != self.module_id:
            return False
        return self.cohort is None or self.cohort == cohort_of(enrolled_at)

    def includes(self, other: "Group") -> bool:
        """Whether everybody of `other` belongs to this group."""
        return self.module_id == other.module_id and self.cohort in {None, other.cohort}


@dataclass(frozen=True, slots=True)
class Teaching:
    """A trainer's groups; the default is somebody who teaches nobody."""

    staff_id: SubjectId | None = None
    groups: tuple[Group, ...] = ()

    def covers(self, module_id: str, enrolled_at: datetime | None) -> bool:
        """Whether the trainer teaches who enrolled in `module_id` at `enrolled_at`."""
        return any(group.covers(module_id, enrolled_at) for group in self.groups)

    def includes(self, wanted: Group) -> bool:
        """Whether the trainer teaches everybody of `wanted`."""
        return any(group.includes(wanted) for group in self.groups)
