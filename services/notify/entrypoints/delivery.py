"""How messages leave, for operators: what waits, what was refused, what was withheld and why."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from services.notify.adapters.figures import Figures
from services.notify.adapters.pending_messages import PendingMessages
from services.notify.adapters.suppression_list import SuppressionList
from services.notify.adapters.traffic import Traffic
from services.notify.domain.kinds import RULES, MessageClass
from shared.clock import Clock


class Queued(BaseModel):
    """What waits of one class, the most urgent class first."""

    of: MessageClass
    waiting: int


class Count(BaseModel):
    """How many messages of a class came to something, and why."""

    outcome: str
    of: str
    why: str
    """A reason; of what was deferred or failed the provider, `other` for small domains."""
    count: int


class Paused(BaseModel):
    """Domains of one provider that are left alone for now."""

    provider: str
    domains: int


class DeliveryView(BaseModel):
    """How messages leave; nothing in it is about a person."""

    queue: list[Queued]
    oldest_due: datetime | None
    paused: list[Paused]
    suppressed_addresses: dict[str, int]
    """How many addresses are on the suppression list, by reason."""
    days: int
    counts: list[Count]


def delivery_router(
    pending: PendingMessages,
    traffic: Traffic,
    suppressions: SuppressionList,
    figures: Figures,
    clock: Clock,
) -> APIRouter:
    """Return the route for operators."""
    routes = APIRouter(tags=["notify"])

    @routes.get("/delivery")
    async def delivery(days: Annotated[int, Query(ge=1, le=90)] = 30) -> DeliveryView:
        """Return the queue by class, and what became of messages in the last `days` days."""
        lengths = await pending.lengths()
        counted = sorted((await figures.since(days)).items())
        return DeliveryView(
            queue=[
                Queued(of=name, waiting=lengths.get(rules.priority, 0))
                for name, rules in RULES.items()
            ],
            oldest_due=await pending.oldest_due(),
            paused=[Paused(provider=one, domains=n) for one, n in traffic.paused().items()],
            suppressed_addresses=await suppressions.counts(clock.now()),
            days=days,
            counts=[
                Count(outcome=one.outcome, of=one.of, why=one.why, count=number)
                for one, number in counted
            ],
        )

    return routes
