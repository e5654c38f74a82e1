"""The adequacy decisions of the European Commission (GDPR art. 45), as dated data."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter

from shared.yaml_text import parsed

FILE: Final = Path(__file__).parent / "adequacy.yaml"


class AdequacyDecision(BaseModel):
    """One decision about one country, from a day on and up to and including another."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    decision: str
    since: date
    until: date | None = None
    certified_only: bool = False
    """Whether it covers organisations alone that are certified, or subject to a named law."""

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on `day`."""
        return self.since <= day and (self.until is None or day <= self.until)

    def is_past(self, day: date) -> bool:
        """Whether it was in force before `day`, and no longer is."""
        return self.until is not None and self.until < day


Adequacy = Sequence[AdequacyDecision]
_DECISIONS: Final = TypeAdapter(tuple[AdequacyDecision, ...])


@cache
def adequacy_decisions() -> Adequacy:
    """Return the decisions that come with this release."""
    return _DECISIONS.validate_python(parsed(FILE.read_text(encoding="utf-8")))
