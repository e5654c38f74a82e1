"""What happened in the register of processors; names of organisations, codes and days alone."""

from datetime import date, datetime

from shared.events.base import DomainEvent, Identifier
from shared.processors.ends import DaysAhead, EndKind
from shared.processors.model import Organisation, ProcessorTerms


class ProcessorWasDeclared(DomainEvent):
    """A processor works for the controller from now on."""

    processor_id: Identifier
    terms: ProcessorTerms
    declared_by: Identifier
    declared_at: datetime


class ProcessorWasAmended(DomainEvent):
    """Something else is agreed with a processor; the terms are the whole of them."""

    processor_id: Identifier
    terms: ProcessorTerms
    amended_by: Identifier
    amended_at: datetime


class ProcessorWasEnded(DomainEvent):
    """A processor no longer works for the controller."""

    processor_id: Identifier
    ended_by: Identifier
    ended_at: datetime


class ProcessorEndWasReminded(DomainEvent):
    """Something agreed with a processor ends within so many days; the officer is told once."""

    processor_id: Identifier
    organisation: Organisation
    kind: EndKind
    reference: Identifier
    until: date
    days_ahead: DaysAhead
    reminded_at: datetime


ProcessorEvent = (
    ProcessorWasDeclared | ProcessorWasAmended | ProcessorWasEnded | ProcessorEndWasReminded
)
