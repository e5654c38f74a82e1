"""How the system runs: event flow per service, dead letters, clocks due and late, mail."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.services import Part
from services.gateway.settings import SERVICES
from services.gateway.visitor import Visitor, may

router = APIRouter()

Operator = Annotated[Visitor, may("* GET /ops/flow", "retention GET /status")]


@dataclass(frozen=True, slots=True)
class ServiceFlow:
    """How events flow through one service."""

    service: str
    away: bool
    outbox: int = 0
    lag: int = 0
    dead_letters: int = 0
    busy: bool = False

    @property
    def state(self) -> str:
        """One word for it: away, letters, behind or well."""
        if self.away:
            return "away"
        if self.dead_letters:
            return "letters"
        return "behind" if self.outbox or self.lag else "well"


@router.get("/ops")
async def operations(visitor: Operator) -> Response:
    """Show the flow; htmx asks again for the fragment every few seconds."""
    fragment = visitor.request.headers.get("hx-request") == "true"
    *flows, standing, delivery = await asyncio.gather(
        *(visitor.caller.part(service, "/ops/flow") for service in SERVICES),
        visitor.caller.part("retention", "/status"),
        visitor.caller.part("notify", "/delivery"),
    )
    return visitor.page(
        "staff/operations_figures.html" if fragment else "staff/operations.html",
        flows=[flow_of(part) for part in flows],
        standing=standing,
        delivery=delivery,
    )


def flow_of(part: Part) -> ServiceFlow:
    """Return the flow that a service's `/ops/flow` tells; the lag is summed over its groups."""
    if part.missing:
        return ServiceFlow(part.service, away=True)
    told: dict[str, Any] = part.data
    partitions = [one for group in told["groups"] for one in group["partitions"]]
    return ServiceFlow(
        part.service,
        away=False,
        outbox=int(told["outbox"]),
        lag=sum(max(int(one["end"]) - int(one["position"]), 0) for one in partitions),
        dead_letters=int(told["dead_letters_waiting"]),
        busy=bool(told["busy"]),
    )
