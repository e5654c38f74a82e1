"""Read model `invoices`: billing's own view, without a word about teaching (C4.2). Values sealed.

One document an invoice, under its legal number: `learner_id`, `issued_at`, `accounting_year_end`
(ISO date), `billing_name`, `amount_cents`, `method` (sealed), `paid_at`.
"""

from collections.abc import Iterable

from services.learning.projections.scopes import objects_of
from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection, sealed_json
from shared.database import Document
from shared.events.learning import InvoiceIssued, InvoicePaid, RecipientCorrected
from shared.events.retention import ErasureOrdered
from shared.personal import Category


class Invoices(Projection):
    """Invoices across learners."""

    name = "invoices"
    topics = ("learning.events", "retention.events")

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Concern the invoice, or those whose payment data an order takes."""
        match envelope.data:
            case (
                InvoiceIssued(invoice_id=invoice_id)
                | InvoicePaid(invoice_id=invoice_id)
                | RecipientCorrected(invoice_id=invoice_id)
            ):
                return [invoice_id]
            case ErasureOrdered() as order:
                return objects_of(order, Category.PAYMENT)
            case _:
                return []

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the invoice's document after `envelope`."""
        match envelope.data:
            case InvoiceIssued() as event:
                return {
                    "learner_id": event.learner_id,
                    "issued_at": envelope.time,
                    "accounting_year_end": event.accounting_year_end.isoformat(),
                    "billing_name": sealed_json(event.billing_name),
                    "amount_cents": sealed_json(event.amount_cents),
                    "method": None,
                    "paid_at": None,
                }
            case InvoicePaid() as event if document is not None:
                paid = {"method": sealed_json(event.method), "paid_at": envelope.time}
                return {**document, **paid}
            case RecipientCorrected() as event if document is not None:
                return {**document, "billing_name": sealed_json(event.billing_name)}
            case ErasureOrdered():
                return None
            case _:
                return document
