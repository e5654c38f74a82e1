"""Everything this service knows about one person, folded from the store: current at once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import get_args

from services.learning.application.handle import Learning
from services.learning.domain.enrolment.events import (
    CertificationGranted,
    CertificationRefused,
    CommentCorrected,
    EnrolmentEvent,
    ExerciseAnswered,
    ScoreCorrected,
)
from services.learning.domain.enrolment.evolve import evolve
from services.learning.domain.enrolment.state import EnrolmentState
from services.learning.domain.invoice.events import InvoiceIssued, InvoicePaid, RecipientCorrected
from services.learning.domain.recording.events import (
    RecordingKept,
    RecordingReleased,
    SessionRecorded,
)
from shared.event_store import RecordedEvent
from shared.events.base import SubjectId

Certification = CertificationGranted | CertificationRefused


@dataclass
class EnrolmentHistory:
    """One enrolment: its state, each answer, and each decision with its instant."""

    state: EnrolmentState = field(default_factory=EnrolmentState)
    answers: list[ExerciseAnswered] = field(default_factory=list)
    decisions: list[tuple[Certification, datetime]] = field(default_factory=list)

    @property
    def is_archived(self) -> bool:
        """Whether it is in the intermediate archive: from its certification on (C2.6)."""
        return self.state.decision == "granted"


@dataclass
class InvoiceHistory:
    """One invoice and its payment."""

    issued: InvoiceIssued
    paid: InvoicePaid | None = None


@dataclass
class RecordingHistory:
    """One recording and whether it is kept."""

    recorded: SessionRecorded
    kept: bool = False


@dataclass
class PersonHistory:
    """What the learning service holds about one person, by id, oldest first."""

    enrolments: dict[str, EnrolmentHistory] = field(default_factory=dict)
    invoices: dict[str, InvoiceHistory] = field(default_factory=dict)
    recordings: dict[str, RecordingHistory] = field(default_factory=dict)

    def invoice_of(self, enrolment_id: str) -> str | None:
        """Return the id of the enrolment's invoice; `None` in the moment before it is issued."""
        for invoice_id, invoice in self.invoices.items():
            if invoice.issued.enrolment_id == enrolment_id:
                return invoice_id
        return None


async def load_history(learning: Learning, subject: SubjectId) -> PersonHistory:
    """Return the history of `subject`."""
    return fold_history(await learning.store.load_subject(subject))


def fold_history(recorded: Iterable[RecordedEvent]) -> PersonHistory:
    """Fold the recorded events of one person."""
    person = PersonHistory()
    for record in recorded:
        match record.event:
            case InvoiceIssued() as event:
                person.invoices[event.invoice_id] = InvoiceHistory(event)
            case InvoicePaid() as event:
                person.invoices[event.invoice_id].paid = event
            case RecipientCorrected() as event:
                invoice = person.invoices[event.invoice_id]
                right = {"billing_name": event.billing_name}
                invoice.issued = invoice.issued.model_copy(update=right)
            case SessionRecorded() as event:
                person.recordings[event.recording_id] = RecordingHistory(event)
            case RecordingKept() as event:
                person.recordings[event.recording_id].kept = True
            case RecordingReleased() as event:
                person.recordings[event.recording_id].kept = False
            case event if isinstance(event, get_args(EnrolmentEvent)):
                _fold_enrolment(person, record)
            case _:
                pass
    return person


def _fold_enrolment(person: PersonHistory, record: RecordedEvent) -> None:
    event: EnrolmentEvent = record.event  # type: ignore[assignment] # checked by the caller
    one = person.enrolments.setdefault(event.enrolment_id, EnrolmentHistory())
    one.state = evolve(one.state, event)
    match event:
        case ExerciseAnswered():
            one.answers.append(event)
        case CertificationGranted() | CertificationRefused():
            one.decisions.append((event, record.at))
        case ScoreCorrected():
            of = [
                n for n, given in enumerate(one.answers) if given.exercise_id == event.exercise_id
            ]
            place = of[event.number - 1]
            one.answers[place] = one.answers[place].model_copy(update={"score": event.score})
        case CommentCorrected():
            decision, at = one.decisions[event.number - 1]
            corrected = decision.model_copy(update={"comment": event.comment})
            one.decisions[event.number - 1] = (corrected, at)
        case _:
            pass
