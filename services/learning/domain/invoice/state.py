"""What an invoice's history amounts to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.learning.domain.dispute import Contested
from shared.events.base import SubjectId


@dataclass(frozen=True, slots=True)
class InvoiceState:
    """One invoice; the default is one that does not exist."""

    invoice_id: str = ""
    learner_id: SubjectId | None = None
    paid: bool = False
    contested: Mapping[str, Contested] = field(default_factory=dict)
    """Open disputes by their ids."""
