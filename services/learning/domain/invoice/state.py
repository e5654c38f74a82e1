"""What an invoice's history amounts to."""

from dataclasses import dataclass

from shared.events.base import SubjectId


@dataclass(frozen=True, slots=True)
class InvoiceState:
    """One invoice; the default is one that does not exist."""

    invoice_id: str = ""
    learner_id: SubjectId | None = None
    paid: bool = False
