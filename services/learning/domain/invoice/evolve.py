"""Folding an invoice's history."""

from dataclasses import replace
from typing import assert_never

from services.learning.domain.dispute import Contested
from services.learning.domain.invoice.events import (
    InvoiceDisputed,
    InvoiceDisputeSettled,
    InvoiceEvent,
    InvoiceIssued,
    InvoicePaid,
    RecipientCorrected,
)
from services.learning.domain.invoice.state import InvoiceState


def evolve(state: InvoiceState, event: InvoiceEvent) -> InvoiceState:
    """Return `state` after `event`; never raises on recorded history."""
    match event:
        case InvoiceIssued():
            return InvoiceState(invoice_id=event.invoice_id, learner_id=event.learner_id)
        case InvoicePaid():
            return replace(state, paid=True)
        case InvoiceDisputed(dispute_id=dispute_id):
            one = Contested("billing_name", event.about, restricted=event.restricted)
            return replace(state, contested={**state.contested, dispute_id: one})
        case InvoiceDisputeSettled(dispute_id=dispute_id):
            left = {key: one for key, one in state.contested.items() if key != dispute_id}
            return replace(state, contested=left)
        case RecipientCorrected():
            return state
        case _:
            assert_never(event)
