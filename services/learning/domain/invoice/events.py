"""What happened to an invoice, as this service stores it."""

from datetime import date, datetime
from typing import Annotated

from shared.events.base import DomainEvent, Identifier, SubjectId
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


InvoiceEvent = InvoiceIssued | InvoicePaid
