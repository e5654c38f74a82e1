"""What happened to an invoice, as this service stores it."""

from datetime import date, datetime
from typing import Annotated

from shared.events.base import DomainEvent, Identifier, SubjectId
from shared.events.disputes import DisputeOutcome
from shared.personal import Category, Personal, PersonalField

PAYMENT = PersonalField(Category.PAYMENT, object="invoice_id")


class InvoiceIssued(DomainEvent):
    """An invoice was issued; `invoice_id` is its legal number (C2.4, C2.8)."""

    learner_id: SubjectId
    invoice_id: Identifier
    enrolment_id: Identifier
    issued_at: datetime
    accounting_year_end: date
    billing_name: Annotated[Personal[str], PAYMENT]
    amount_cents: Annotated[Personal[int], PAYMENT]
    """Euro cents, taxes included."""


class InvoicePaid(DomainEvent):
    """The invoice was paid."""

    learner_id: SubjectId
    invoice_id: Identifier
    method: Annotated[Personal[str], PAYMENT]
    paid_at: datetime


class InvoiceDisputed(DomainEvent):
    """The person says that the invoice names the wrong recipient (C8.2)."""

    learner_id: SubjectId
    invoice_id: Identifier
    dispute_id: Identifier
    about: Identifier
    """The event that holds the value."""
    restricted: bool
    should_be: Annotated[Personal[str], PAYMENT]
    why: Annotated[Personal[str], PAYMENT]
    disputed_at: datetime


class InvoiceDisputeSettled(DomainEvent):
    """Billing decided about it, or the person took it back."""

    learner_id: SubjectId
    invoice_id: Identifier
    dispute_id: Identifier
    outcome: DisputeOutcome
    settled_by: Identifier | None = None
    reason: Annotated[Personal[str] | None, PAYMENT] = None


class RecipientCorrected(DomainEvent):
    """The recipient was wrong: the invoice is made out to this one, under the same number."""

    learner_id: SubjectId
    invoice_id: Identifier
    corrects: Identifier
    """The event that holds the wrong value."""
    billing_name: Annotated[Personal[str], PAYMENT]


InvoiceEvent = (
    InvoiceIssued | InvoicePaid | InvoiceDisputed | InvoiceDisputeSettled | RecipientCorrected
)
