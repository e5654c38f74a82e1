"""The rules about who teaches whom (C4.2)."""

from collections.abc import Sequence
from typing import assert_never

from services.learning.domain.errors import AssignmentNotFoundError
from services.learning.domain.teaching.commands import (
    AssignTrainer,
    EndTeaching,
    TeachingCommand,
    WithdrawTrainer,
)
from services.learning.domain.teaching.events import (
    TeachingEvent,
    TrainerAssigned,
    TrainerWithdrawn,
)
from services.learning.domain.teaching.state import Group, Teaching
from shared.events.base import SubjectId


def decide(command: TeachingCommand, state: Teaching) -> Sequence[TeachingEvent]:
    """Return what `command` leads to; nothing where it is so already.

    Raises:
        AssignmentNotFoundError: the group to be taken back is not the trainer's.
    """
    match command:
        case AssignTrainer(staff_id, group, by):
            if group in state.groups:
                return []
            return [
                TrainerAssigned(
                    staff_id=staff_id,
                    module_id=group.module_id,
                    cohort=group.cohort,
                    assigned_by=by,
                )
            ]
        case WithdrawTrainer(group, by):
            if state.staff_id is None or group not in state.groups:
                raise AssignmentNotFoundError
            return [_withdrawn(state.staff_id, group, by)]
        case EndTeaching(by):
            if state.staff_id is None:
                return []
            return [_withdrawn(state.staff_id, group, by) for group in state.groups]
        case _:
            assert_never(command)


def _withdrawn(staff_id: SubjectId, group: Group, by: str) -> TrainerWithdrawn:
    return TrainerWithdrawn(
        staff_id=staff_id, module_id=group.module_id, cohort=group.cohort, withdrawn_by=by
    )
