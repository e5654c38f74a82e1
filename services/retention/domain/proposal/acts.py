"""What needs a second person, with all that is needed to carry it out; free of personal data."""

from datetime import datetime
from typing import Annotated, Literal, assert_never

from pydantic import BaseModel, ConfigDict, Field

from services.retention.domain.hold.events import Reason
from shared.events.base import Identifier
from shared.events.retention import HeldScope


class _Act(BaseModel):
    model_config = ConfigDict(frozen=True)


class AdoptRules(_Act):
    """Bring a kept rule set into force."""

    kind: Literal["adopt_rules"] = "adopt_rules"
    digest: Identifier
    version: Identifier
    instead_of: Identifier
    """Digest of the rules it was compared with."""
    goes_at_once: int
    """How many objects go at once, as whoever asked knew."""


class LiftHold(_Act):
    """End a hold after a review: everything it keeps may go."""

    kind: Literal["lift_hold"] = "lift_hold"
    hold_id: Identifier
    reason: Reason
    reference: Identifier


class NarrowHold(_Act):
    """Keep less than before: what is left out may go."""

    kind: Literal["narrow_hold"] = "narrow_hold"
    hold_id: Identifier
    scopes: tuple[HeldScope, ...]
    """What is left of it."""
    review_at: datetime | None
    """The next review; one period from the confirmation where it is not given."""
    reason: Reason
    reference: Identifier


class CloseMatter(_Act):
    """End a dispute, a demand or an audit, and every hold of it."""

    kind: Literal["close_matter"] = "close_matter"
    matter_id: Identifier
    reason: Reason


Act = Annotated[AdoptRules | LiftHold | NarrowHold | CloseMatter, Field(discriminator="kind")]


def object_of(act: Act) -> str:
    """Return what `act` is about: the digest of a rule set, a hold, a matter."""
    match act:
        case AdoptRules(digest=digest):
            return digest
        case LiftHold(hold_id=hold_id) | NarrowHold(hold_id=hold_id):
            return hold_id
        case CloseMatter(matter_id=matter_id):
            return matter_id
        case _:
            assert_never(act)
