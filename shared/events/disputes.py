"""What facts about disputed values have in common, stored and public (C8.2, GDPR art. 16, 18)."""

from typing import Final, Literal, get_args

DisputedField = Literal["score", "comment", "access_until", "billing_name"]
"""What the person cannot correct alone: the result of an exercise, a trainer's assessment, the last
day of a contract, the recipient of an invoice."""
DisputeOutcome = Literal["accepted", "refused", "withdrawn", "erased"]
"""How it ended; `erased`: what was disputed went first."""
DISPUTED_FIELDS: Final[tuple[DisputedField, ...]] = get_args(DisputedField)
