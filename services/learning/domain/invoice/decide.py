"""The rules of an invoice."""

from collections.abc import Sequence
from typing import assert_never

from services.learning.domain.calendar import accounting_year_end, paris_date
from services.learning.domain.errors import InvoiceAlreadyPaidError, InvoiceNotFoundError
from services.learning.domain.invoice.commands import (
    CloseInvoiceDispute,
    DisputeInvoice,
    InvoiceCommand,
    IssueInvoice,
    PayInvoice,
    SettleInvoiceDispute,
)
from services.learning.domain.invoice.disputes import decide_dispute
from services.learning.domain.invoice.events import InvoiceEvent, InvoiceIssued, InvoicePaid
from services.learning.domain.invoice.state import InvoiceState


def decide(command: InvoiceCommand, state: InvoiceState) -> Sequence[InvoiceEvent]:
    """Return what `command` leads to; issuing an issued invoice again leads to nothing.

    Raises:
        InvoiceNotFoundError: there is no such invoice of this person.
        InvoiceAlreadyPaidError: it has been paid.
        LearningError: a dispute is refused; see `disputes`.
    """
    match command:
        case IssueInvoice():
            return [] if state.learner_id is not None else [_issued(command)]
        case PayInvoice():
            if state.learner_id is None or state.learner_id != command.learner_id:
                raise InvoiceNotFoundError
            if state.paid:
                raise InvoiceAlreadyPaidError
            return [
                InvoicePaid(
                    learner_id=state.learner_id,
                    invoice_id=state.invoice_id,
                    method=command.method,
                    paid_at=command.at,
                )
            ]
        case DisputeInvoice() | SettleInvoiceDispute() | CloseInvoiceDispute():
            return decide_dispute(command, state)
        case _:
            assert_never(command)


def _issued(command: IssueInvoice) -> InvoiceIssued:
    return InvoiceIssued(
        learner_id=command.learner_id,
        invoice_id=command.invoice_id,
        enrolment_id=command.enrolment_id,
        issued_at=command.at,
        accounting_year_end=accounting_year_end(paris_date(command.at)),
        billing_name=command.billing_name,
        amount_cents=command.amount_cents,
    )
