"""Carrying out what two persons agreed on; what would be refused then is refused at once."""

from dataclasses import dataclass
from typing import assert_never

from services.retention.application.adopting import Adopting
from services.retention.application.holds import HoldKeeper
from services.retention.application.matters import MatterKeeper
from services.retention.domain.hold.commands import ReviewHold
from services.retention.domain.proposal.acts import (
    Act,
    AdoptRules,
    CloseMatter,
    LiftHold,
    NarrowHold,
)
from services.retention.domain.proposal.events import ActWasProposed
from shared.clock import Clock
from shared.event_store import Metadata


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was asked for, and who agreed."""

    asked: ActWasProposed
    confirmed_by: str | None
    """`None` where nobody did."""
    goes_at_once: int | None
    """How many objects the second person knows to go at once; `None` for as many as was asked."""


class Acts:
    """The acts that need a second person."""

    def __init__(
        self, adopting: Adopting, holds: HoldKeeper, matters: MatterKeeper, clock: Clock
    ) -> None:
        self._adopting = adopting
        self._holds = holds
        self._matters = matters
        self._clock = clock

    async def check(self, act: Act, by: str) -> None:
        """Refuse what could not be carried out now.

        Raises:
            RetentionError: as the act itself would.
        """
        match act:
            case AdoptRules():
                await self._adopting.check(act, by=by)
            case LiftHold() | NarrowHold():
                await self._holds.check(act.hold_id, self._review(act, by, None))
            case CloseMatter(matter_id=matter_id):
                await self._matters.in_progress(matter_id)
            case _:
                assert_never(act)

    async def carry_out(self, agreed: Agreement, meta: Metadata) -> None:
        """Carry out what was agreed on; repeated with the same `meta` it changes nothing.

        Raises:
            RetentionError: things have changed since it was asked for.
        """
        act, by, second = agreed.asked.act, agreed.asked.asked_by, agreed.confirmed_by
        match act:
            case AdoptRules():
                known = act.goes_at_once if agreed.goes_at_once is None else agreed.goes_at_once
                as_known = act.model_copy(update={"goes_at_once": known})
                await self._adopting.adopt(
                    as_known, by=by, confirmed_by=second, reason=agreed.asked.reason, meta=meta
                )
            case LiftHold() | NarrowHold():
                await self._holds.review(act.hold_id, self._review(act, by, second), meta)
            case CloseMatter(matter_id=matter_id, reason=reason):
                await self._holds.close(matter_id, reason, by, meta, confirmed_by=second)
            case _:
                assert_never(act)

    def _review(self, act: LiftHold | NarrowHold, by: str, second: str | None) -> ReviewHold:
        kept = act if isinstance(act, NarrowHold) else None
        return ReviewHold(
            outcome="narrow" if kept else "lift",
            reason=act.reason,
            reference=act.reference,
            by=by,
            at=self._clock.now(),
            review_at=kept.review_at if kept else None,
            scopes=kept.scopes if kept else (),
            confirmed_by=second,
        )
