"""Billing's console: invoices, never teaching content (C4.2)."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.visitor import Visitor, may

router = APIRouter(prefix="/staff")

Billing = Annotated[Visitor, may("learning GET /invoices")]


@router.get("/invoices")
async def invoices(visitor: Billing, page: int = 1) -> Response:
    """List every invoice."""
    part = await visitor.caller.part("learning", "/invoices", page=page)
    return visitor.page("staff/invoices.html", invoices=part, page=page)
