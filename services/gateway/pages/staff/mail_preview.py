"""Every letter that people may get, with invented data: as HTML in two widths, and as text."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from services.gateway.security import FRAMING_POLICY, LETTER_POLICY
from services.gateway.services import items
from services.gateway.visitor import Visitor, may
from services.gateway.wording import Language, known

router = APIRouter(prefix="/mail/preview")

Reader = Annotated[Visitor, may("notify GET /samples", "notify GET /samples/{sample}", staff=True)]


@router.get("")
async def letters(visitor: Reader) -> Response:
    """List every letter, by its class."""
    found = await visitor.caller.get("notify", "/samples")
    return visitor.page("staff/letters.html", letters=items(found))


@router.get("/{name}")
async def letter(visitor: Reader, name: str, language: str = "") -> Response:
    """Show one letter in one language."""
    shown = known(language) or visitor.language
    found = await visitor.caller.get("notify", f"/samples/{quote(name, safe='')}", language=shown)
    page = visitor.page("staff/letter_preview.html", letter=found)
    page.headers["Content-Security-Policy"] = FRAMING_POLICY
    return page


@router.get("/{name}/{language}")
async def letter_itself(visitor: Reader, name: str, language: Language) -> Response:
    """Return the HTML of one letter, for the frame that shows it: nothing in it runs or loads."""
    found = await visitor.caller.get(
        "notify", f"/samples/{quote(name, safe='')}", language=language
    )
    return HTMLResponse(
        found["html"],
        headers={
            "Content-Security-Policy": LETTER_POLICY,
            "Content-Language": language,
            "Cache-Control": "no-store",
        },
    )
