"""The record of processing activities (GDPR art. 30), for the officer and who audits."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.pages.staff.choices import said
from services.gateway.pages.staff.processors import countries
from services.gateway.visitor import Visitor, may
from shared.processors.model import GROUNDS

router = APIRouter(prefix="/staff/record-of-processing")

Officer = Annotated[Visitor, may("retention GET /record-of-processing")]


@router.get("")
async def show(visitor: Officer) -> Response:
    """Show every processing activity."""
    return visitor.page(
        "staff/processing_record.html",
        record=await visitor.caller.part("retention", "/record-of-processing"),
        country_names=countries(visitor),
        ground_names=dict(said(visitor, GROUNDS)),
    )
