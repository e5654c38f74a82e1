"""What can be asked of an invoice."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.learning.domain.dispute import Contested
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


@dataclass(frozen=True, slots=True)
class DisputeInvoice:
    """Say that the recipient is wrong."""

    learner_id: SubjectId
    dispute_id: str
    contested: Contested
    should_be: Personal[str]
    why: Personal[str]
    at: datetime


@dataclass(frozen=True, slots=True)
class SettleInvoiceDispute:
    """Decide about it; `right` is the recipient from now on, `None` refuses."""

    dispute_id: str
    staff_id: str
    role: str
    right: Personal[str] | None
    reason: Personal[str] | None


@dataclass(frozen=True, slots=True)
class CloseInvoiceDispute:
    """Take it back, or let it end with what was disputed."""

    dispute_id: str
    outcome: Literal["withdrawn", "erased"]


InvoiceCommand = (
    IssueInvoice | PayInvoice | DisputeInvoice | SettleInvoiceDispute | CloseInvoiceDispute
)
