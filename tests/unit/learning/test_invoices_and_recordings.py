"""Invoices are numbered and dated for accounting; recordings are kept on request alone."""

from datetime import UTC, date, datetime

import pytest

from services.learning.domain.errors import (
    InvoiceAlreadyPaidError,
    InvoiceNotFoundError,
    RecordingGoneError,
    RecordingNotFoundError,
)
from services.learning.domain.invoice.commands import IssueInvoice, PayInvoice
from services.learning.domain.invoice.decide import decide as decide_invoice
from services.learning.domain.invoice.events import InvoiceIssued, InvoicePaid
from services.learning.domain.invoice.evolve import evolve as evolve_invoice
from services.learning.domain.invoice.numbers import invoice_number
from services.learning.domain.invoice.state import InvoiceState
from services.learning.domain.recording.commands import (
    KeepRecording,
    RecordSession,
    ReleaseRecording,
)
from services.learning.domain.recording.decide import decide as decide_recording
from services.learning.domain.recording.events import (
    RecordingKept,
    RecordingReleased,
    SessionRecorded,
)
from services.learning.domain.recording.evolve import evolve as evolve_recording
from services.learning.domain.recording.state import RecordingState
from shared.personal import Category, Erased, Personal
from tests.unit.learning.given import LEARNER, SOMEBODY_ELSE, START, Given

NO_INVOICE = Given(decide_invoice, evolve_invoice, InvoiceState())
NO_RECORDING = Given(decide_recording, evolve_recording, RecordingState())
RECORD = RecordSession(
    LEARNER, "rec-1", Personal("Séance 1"), Personal("https://video.test/1"), START
)


def issue(at: datetime = START) -> IssueInvoice:
    name, amount = Personal("Ada Exemple"), Personal(9000)
    return IssueInvoice(LEARNER, invoice_number(2030, 1), "enrolment-1", name, amount, at)


@pytest.mark.promise("C2.4", "C2.8")
@pytest.mark.parametrize(
    ("at", "year_end"),
    [
        (START, date(2030, 12, 31)),
        # In Paris the new year has begun.
        (datetime(2030, 12, 31, 23, 30, tzinfo=UTC), date(2031, 12, 31)),
    ],
)
def test_an_invoice_belongs_to_the_accounting_year_of_its_day_in_paris(
    at: datetime, year_end: date
) -> None:
    story = NO_INVOICE.when(issue(at))
    story.then(InvoiceIssued)
    assert story.events[0].accounting_year_end == year_end


def test_numbers_are_legible_and_sort_by_sequence() -> None:
    assert invoice_number(2030, 42) == "F2030-000042"
    assert invoice_number(2030, 9) < invoice_number(2030, 10)


def test_a_number_that_is_taken_issues_nothing() -> None:
    NO_INVOICE.when(issue()).when(issue()).then()


def test_an_invoice_is_paid_once_by_its_own_learner() -> None:
    story = NO_INVOICE.when(issue())
    story.refuses(PayInvoice(SOMEBODY_ELSE, Personal("card"), START), InvoiceNotFoundError)
    paid = story.when(PayInvoice(LEARNER, Personal("card"), START))
    paid.then(InvoicePaid)
    paid.refuses(PayInvoice(LEARNER, Personal("card"), START), InvoiceAlreadyPaidError)
    NO_INVOICE.refuses(PayInvoice(LEARNER, Personal("card"), START), InvoiceNotFoundError)


@pytest.mark.promise("C2.10")
def test_a_recording_is_kept_and_released_at_the_learners_request_alone() -> None:
    story = NO_RECORDING.when(RECORD)
    story.then(SessionRecorded)
    story.refuses(KeepRecording(SOMEBODY_ELSE), RecordingNotFoundError)
    kept = story.when(KeepRecording(LEARNER))
    kept.then(RecordingKept)
    kept.when(KeepRecording(LEARNER)).then()
    released = kept.when(ReleaseRecording(LEARNER))
    released.then(RecordingReleased)
    released.when(ReleaseRecording(LEARNER)).then()


@pytest.mark.promise("C2.10")
def test_a_recording_past_its_term_cannot_be_kept_any_more() -> None:
    gone = Personal[str](Erased(category=Category.RECORDING))
    (recorded,) = decide_recording(RECORD, RecordingState())
    erased = recorded.model_copy(update={"title": gone, "location": gone})
    story = Given(decide_recording, evolve_recording, evolve_recording(RecordingState(), erased))
    story.refuses(KeepRecording(LEARNER), RecordingGoneError)
