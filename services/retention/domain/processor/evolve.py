"""Folding the history of the register."""

from dataclasses import replace
from typing import assert_never

from services.retention.domain.processor.events import (
    ProcessorEndWasReminded,
    ProcessorEvent,
    ProcessorWasAmended,
    ProcessorWasDeclared,
    ProcessorWasEnded,
)
from services.retention.domain.processor.state import Processor, ProcessorBook
from shared.processors.ends import End


def evolve(state: ProcessorBook, event: ProcessorEvent) -> ProcessorBook:
    """Return `state` after `event`; never raises on recorded history."""
    if isinstance(event, ProcessorEndWasReminded):
        end = End(event.kind, event.reference, event.until)
        told = {**state.reminded, (event.processor_id, end): event.days_ahead}
        return replace(state, reminded=told)
    known = state.processors.get(event.processor_id)
    match event:
        case ProcessorWasDeclared(processor_id=processor, terms=terms, declared_at=at):
            changed = Processor(processor, terms, since=at, changed_at=at)
        case ProcessorWasAmended(terms=terms, amended_at=at) if known is not None:
            changed = replace(known, terms=terms, changed_at=at)
        case ProcessorWasEnded(ended_at=at) if known is not None:
            changed = replace(known, ended_at=at, changed_at=at)
        case ProcessorWasAmended() | ProcessorWasEnded():
            return state
        case _:
            assert_never(event)
    return replace(state, processors={**state.processors, event.processor_id: changed})
