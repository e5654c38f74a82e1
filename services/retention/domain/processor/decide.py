"""The rules of the register: nothing is agreed that may not flow (C10.1, C10.2, C6.1)."""

from collections.abc import Sequence
from typing import assert_never

from services.retention.domain.errors import (
    ProcessorKnownError,
    ProcessorNotFoundError,
    TransferRefusedError,
)
from services.retention.domain.processor.commands import (
    AmendProcessor,
    DeclareProcessor,
    EndProcessor,
    FollowProcessors,
    ProcessorCommand,
)
from services.retention.domain.processor.events import (
    ProcessorEndWasReminded,
    ProcessorEvent,
    ProcessorWasAmended,
    ProcessorWasDeclared,
    ProcessorWasEnded,
)
from services.retention.domain.processor.state import Processor, ProcessorBook
from shared.processors.rules import refusals


def decide(command: ProcessorCommand, state: ProcessorBook) -> Sequence[ProcessorEvent]:
    """Return what `command` leads to; repeating what is so already leads to nothing.

    Raises:
        ProcessorKnownError: another processor works under that id.
        ProcessorNotFoundError: no processor works under that id.
        TransferRefusedError: what is to be agreed would be refused today.
    """
    if isinstance(command, FollowProcessors):
        return _followed(command, state)
    known = state.processors.get(command.processor_id)
    current = known if known is not None and known.ended_at is None else None
    match command:
        case DeclareProcessor():
            return _declared(command, current)
        case AmendProcessor():
            if current is None:
                raise ProcessorNotFoundError
            if command.terms == current.terms:
                return []
            _require_allowed(command)
            return [
                ProcessorWasAmended(
                    processor_id=command.processor_id,
                    terms=command.terms,
                    amended_by=command.by,
                    amended_at=command.at,
                )
            ]
        case EndProcessor():
            if known is None:
                raise ProcessorNotFoundError
            if current is None:
                return []
            return [
                ProcessorWasEnded(
                    processor_id=command.processor_id, ended_by=command.by, ended_at=command.at
                )
            ]
        case _:
            assert_never(command)


def _declared(command: DeclareProcessor, current: Processor | None) -> Sequence[ProcessorEvent]:
    if current is not None:
        if current.terms == command.terms:
            return []
        raise ProcessorKnownError
    _require_allowed(command)
    return [
        ProcessorWasDeclared(
            processor_id=command.processor_id,
            terms=command.terms,
            declared_by=command.by,
            declared_at=command.at,
        )
    ]


def _followed(command: FollowProcessors, state: ProcessorBook) -> Sequence[ProcessorEvent]:
    return [
        ProcessorEndWasReminded(
            processor_id=processor.processor_id,
            organisation=processor.terms.organisation,
            kind=end.kind,
            reference=end.reference,
            until=end.until,
            days_ahead=due,
            reminded_at=command.at,
        )
        for processor, end, due in state.to_remind(command.at.date(), command.adequacy)
    ]


def _require_allowed(command: DeclareProcessor | AmendProcessor) -> None:
    refused = next(refusals(command.terms, command.at.date(), command.adequacy), None)
    if refused is not None:
        raise TransferRefusedError(*refused)
