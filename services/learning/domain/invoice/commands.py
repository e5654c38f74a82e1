"""What can be asked of an invoice."""

from dataclasses import dataclass
from datetime import datetime

from shared.events.base import SubjectId
from shared.personal import Personal


@dataclass(frozen=True, slots=True)
class IssueInvoice:
    """Issue the invoice of one enrolment under the next legal number."""

    learner_id: SubjectId
    invoice_id: str
    """The legal number; see `numbers`."""
    enrolment_id: str
    billing_name: Personal[str]
    amount_cents: Personal[int]
    """Euro cents, taxes included."""
    at: datetime


@dataclass(frozen=True, slots=True)
class PayInvoice:
    """Record that the invoice was paid."""

    learner_id: SubjectId
    method: Personal[str]
    at: datetime


InvoiceCommand = IssueInvoice | PayInvoice
