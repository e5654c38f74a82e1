"""The rules of a matter."""

from collections.abc import Sequence
from typing import assert_never

from services.retention.domain.errors import MatterNotFoundError, MatterOverError
from services.retention.domain.matter.commands import CloseMatter, MatterCommand, OpenMatter
from services.retention.domain.matter.events import MatterEvent, MatterWasClosed, MatterWasOpened
from services.retention.domain.matter.state import MatterState


def decide(command: MatterCommand, state: MatterState) -> Sequence[MatterEvent]:
    """Return what `command` leads to; opening it again leads to nothing.

    Raises:
        MatterNotFoundError: there is no such matter.
        MatterOverError: it has been closed already.
    """
    match command:
        case OpenMatter():
            if state.opened is not None:
                return []
            return [
                MatterWasOpened(
                    matter_id=command.matter_id,
                    ground=command.ground,
                    authority=command.authority,
                    reference=command.reference,
                    reviewer=command.reviewer,
                    opened_at=command.at,
                )
            ]
        case CloseMatter():
            if state.opened is None:
                raise MatterNotFoundError
            if state.closed:
                raise MatterOverError
            return [
                MatterWasClosed(
                    matter_id=state.opened.matter_id,
                    reason=command.reason,
                    closed_by=command.by,
                    closed_at=command.at,
                    confirmed_by=command.confirmed_by,
                )
            ]
        case _:
            assert_never(command)
