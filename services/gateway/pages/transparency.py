"""The transparency report: how many demands of authorities came, and what became of them (C6.2)."""

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.pages.staff.choices import said
from services.gateway.visitor import Anyone
from shared.demand_words import DEMAND_KINDS

router = APIRouter(prefix="/transparency")


@router.get("")
async def report(visitor: Anyone) -> Response:
    """Show counts alone, small ones masked."""
    return visitor.page(
        "pages/transparency.html",
        report=await visitor.caller.part("identity", "/transparency"),
        kind_names=dict(said(visitor, DEMAND_KINDS)),
    )
