"""Folding an invoice's history."""

from dataclasses import replace
from typing import assert_never

from services.learning.domain.invoice.events import InvoiceEvent, InvoiceIssued, InvoicePaid
from services.learning.domain.invoice.state import InvoiceState


def evolve(state: InvoiceState, event: InvoiceEvent) -> InvoiceState:
    """Return `state` after `event`; never raises on recorded history."""
    match event:
        case InvoiceIssued():
            return InvoiceState(invoice_id=event.invoice_id, learner_id=event.learner_id)
        case InvoicePaid():
            return replace(state, paid=True)
        case _:
            assert_never(event)
