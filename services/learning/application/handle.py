"""The service's table of contents: its aggregates' handlers, read models and catalogue."""

from dataclasses import dataclass
from typing import Final

from services.learning.application.ports import NextNumbers, Pools
from services.learning.domain.catalogue.model import Catalogue
from services.learning.domain.enrolment.commands import EnrolmentCommand
from services.learning.domain.enrolment.events import EnrolmentEvent
from services.learning.domain.enrolment.state import EnrolmentState
from services.learning.domain.imported.decide import ImportedCommand, ImportedState
from services.learning.domain.imported.events import ImportedEvent
from services.learning.domain.invoice.commands import InvoiceCommand
from services.learning.domain.invoice.events import InvoiceEvent
from services.learning.domain.invoice.state import InvoiceState
from services.learning.domain.live_session.commands import LiveSessionCommand
from services.learning.domain.live_session.events import LiveSessionEvent
from services.learning.domain.live_session.state import LiveSession
from services.learning.domain.recording.commands import RecordingCommand
from services.learning.domain.recording.events import RecordingEvent
from services.learning.domain.recording.state import RecordingState
from services.learning.domain.seat.commands import SeatCommand
from services.learning.domain.seat.events import SeatEvent
from services.learning.domain.seat.state import Seat
from services.learning.domain.statistics.commands import StatisticsCommand
from services.learning.domain.statistics.events import StatisticsEvent
from services.learning.domain.statistics.state import StatisticsState
from services.learning.domain.teaching.commands import TeachingCommand
from services.learning.domain.teaching.events import TeachingEvent
from services.learning.domain.teaching.state import Teaching
from shared.archive import ArchiveGate
from shared.choices import Choices
from shared.clock import Clock
from shared.command_handler import CommandHandler
from shared.consuming.projections import ReadModel
from shared.event_store import EventStore
from shared.events.base import SubjectId
from shared.processors.transfers import Transfers
from shared.vault import Vault

NOBODY: Final = SubjectId("statistics")
"""Statistics are about nobody; their streams and keys carry this in place of a person."""


@dataclass(frozen=True, slots=True)
class Learning:
    """What the use cases work with."""

    catalogue: Catalogue
    clock: Clock
    store: EventStore
    vault: Vault
    archive: ArchiveGate
    choices: Choices
    transfers: Transfers
    recording_processor: str
    """Who keeps recordings on other machines."""
    enrolments: CommandHandler[EnrolmentCommand, EnrolmentState, EnrolmentEvent]
    invoices: CommandHandler[InvoiceCommand, InvoiceState, InvoiceEvent]
    recordings: CommandHandler[RecordingCommand, RecordingState, RecordingEvent]
    imported: CommandHandler[ImportedCommand, ImportedState, ImportedEvent]
    statistics: CommandHandler[StatisticsCommand, StatisticsState, StatisticsEvent]
    teaching: CommandHandler[TeachingCommand, Teaching, TeachingEvent]
    live_sessions: CommandHandler[LiveSessionCommand, LiveSession, LiveSessionEvent]
    seats: CommandHandler[SeatCommand, Seat, SeatEvent]
    invoice_numbers: NextNumbers
    pools: Pools
    learner_list: ReadModel
    enrolment_list: ReadModel
    invoice_list: ReadModel
    statistics_list: ReadModel
    staff_list: ReadModel
    live_session_list: ReadModel
    break_glass_list: ReadModel
    dispute_list: ReadModel


def enrolment_stream(enrolment_id: str) -> str:
    """Return the stream of an enrolment."""
    return f"enrolment-{enrolment_id}"


def invoice_stream(invoice_id: str) -> str:
    """Return the stream of an invoice."""
    return f"invoice-{invoice_id}"


def recording_stream(recording_id: str) -> str:
    """Return the stream of a recording."""
    return f"recording-{recording_id}"


def imported_stream(import_id: str) -> str:
    """Return the stream of a record from another platform."""
    return f"imported-{import_id}"


def statistics_stream(module_id: str) -> str:
    """Return the stream of a module's statistics."""
    return f"statistics-{module_id}"


def teaching_stream(staff_id: str) -> str:
    """Return the stream of what a trainer teaches."""
    return f"teaching-{staff_id}"


def live_session_stream(session_id: str) -> str:
    """Return the stream of a live session."""
    return f"live-session-{session_id}"


def seat_stream(session_id: str, learner_id: str) -> str:
    """Return the stream of a learner's seat in a live session."""
    return f"seat-{session_id}-{learner_id}"
