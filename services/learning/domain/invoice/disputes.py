"""The rules of an invoice whose recipient is said to be wrong (C8.2)."""

from collections.abc import Sequence
from typing import assert_never

from services.learning.domain.dispute import open_one, require_decider, require_new
from services.learning.domain.errors import CorrectionError, InvoiceNotFoundError
from services.learning.domain.invoice.commands import (
    CloseInvoiceDispute,
    DisputeInvoice,
    SettleInvoiceDispute,
)
from services.learning.domain.invoice.events import (
    InvoiceDisputed,
    InvoiceDisputeSettled,
    InvoiceEvent,
    RecipientCorrected,
)
from services.learning.domain.invoice.state import InvoiceState
from shared.events.base import SubjectId
from shared.personal import Personal

DisputeCommand = DisputeInvoice | SettleInvoiceDispute | CloseInvoiceDispute


def decide_dispute(command: DisputeCommand, state: InvoiceState) -> Sequence[InvoiceEvent]:
    """Return what `command` leads to.

    Raises:
        InvoiceNotFoundError: it is nobody's, or somebody else's.
        AlreadyContestedError: the recipient is contested.
        DisputeNotFoundError: there is no such dispute that is open.
        NotDeciderError: somebody else decides.
        CorrectionError: no recipient is named.
    """
    if state.learner_id is None:
        raise InvoiceNotFoundError
    match command:
        case DisputeInvoice():
            return [_disputed(command, state)]
        case SettleInvoiceDispute():
            return _settled(command, state, state.learner_id)
        case CloseInvoiceDispute(dispute_id=dispute_id, outcome=outcome):
            if dispute_id not in state.contested:
                return []
            return [
                InvoiceDisputeSettled(
                    learner_id=state.learner_id,
                    invoice_id=state.invoice_id,
                    dispute_id=dispute_id,
                    outcome=outcome,
                )
            ]
        case _:
            assert_never(command)


def _disputed(command: DisputeInvoice, state: InvoiceState) -> InvoiceDisputed:
    if state.learner_id != command.learner_id:
        raise InvoiceNotFoundError
    one = command.contested
    require_new(state.contested, one.field, one.about)
    return InvoiceDisputed(
        learner_id=command.learner_id,
        invoice_id=state.invoice_id,
        dispute_id=command.dispute_id,
        about=one.about,
        restricted=one.restricted,
        should_be=command.should_be,
        why=command.why,
        disputed_at=command.at,
    )


def _settled(
    command: SettleInvoiceDispute, state: InvoiceState, learner_id: SubjectId
) -> Sequence[InvoiceEvent]:
    one = open_one(state.contested, command.dispute_id)
    require_decider(one.field, command.role, archived=False, author=False)
    settled = InvoiceDisputeSettled(
        learner_id=learner_id,
        invoice_id=state.invoice_id,
        dispute_id=command.dispute_id,
        outcome="refused" if command.right is None else "accepted",
        settled_by=command.staff_id,
        reason=command.reason,
    )
    if command.right is None:
        return [settled]
    name = command.right.text("").strip()
    if not name:
        raise CorrectionError
    correction = RecipientCorrected(
        learner_id=learner_id,
        invoice_id=state.invoice_id,
        corrects=one.about,
        billing_name=Personal(name),
    )
    return [correction, settled]
