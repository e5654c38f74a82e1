"""What can be asked about a trainer's assignments."""

from dataclasses import dataclass

from services.learning.domain.teaching.state import Group
from shared.events.base import SubjectId


@dataclass(frozen=True, slots=True)
class AssignTrainer:
    """Let a trainer teach a group, and see its learners."""

    staff_id: SubjectId
    group: Group
    by: str


@dataclass(frozen=True, slots=True)
class WithdrawTrainer:
    """Take a group back."""

    group: Group
    by: str


@dataclass(frozen=True, slots=True)
class EndTeaching:
    """Take every group back: the trainer has left."""

    by: str


TeachingCommand = AssignTrainer | WithdrawTrainer | EndTeaching
