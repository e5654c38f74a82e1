"""Security's console: technical traces, for stability and anomalies only (C1.5)."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.visitor import Visitor, may

router = APIRouter(prefix="/staff")

Security = Annotated[Visitor, may("identity GET /traces")]


@router.get("/traces")
async def traces(visitor: Security, page: int = 1) -> Response:
    """List traces of sign-ins."""
    part = await visitor.caller.part("identity", "/traces", page=page)
    return visitor.page("staff/traces.html", traces=part, page=page)
