"""Pages that only a demonstration or a designer needs; settings decide whether they exist."""

import asyncio
from datetime import timedelta
from urllib.parse import urlsplit

from dateutil.relativedelta import relativedelta
from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

from services.gateway.maildir import Letter, letter, letters
from services.gateway.visitor import Anyone

router = APIRouter()

PAGE_SIZE = 20
NOT_FOUND = 404


@router.get("/mailbox")
async def mailbox(visitor: Anyone, page: int = 1) -> Response:
    """List what the platform sent to the embedded mailbox."""
    folder = visitor.portal.settings.mailbox_dir
    if folder is None:
        raise HTTPException(NOT_FOUND)
    found = await asyncio.to_thread(letters, folder)
    pages = max(1, -(-len(found) // PAGE_SIZE))
    page = min(max(page, 1), pages)
    shown = found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return visitor.page("pages/mailbox.html", letters=shown, page=page, pages=pages)


@router.get("/mailbox/{key}")
async def message(visitor: Anyone, key: str) -> Response:
    """Show one message, its links as links of this portal."""
    folder = visitor.portal.settings.mailbox_dir
    found = await asyncio.to_thread(letter, folder, key) if folder else None
    if found is None:
        raise HTTPException(NOT_FOUND)
    return visitor.page("pages/letter.html", letter=found, links=_inner_links(found))


def _inner_links(found: Letter) -> list[str]:
    parts = [urlsplit(link) for link in found.links]
    return [f"{part.path}?{part.query}" if part.query else part.path or "/" for part in parts]


@router.get("/components")
async def components(visitor: Anyone) -> Response:
    """Show every component of the portal."""
    if not visitor.portal.settings.component_page:
        raise HTTPException(NOT_FOUND)
    now = visitor.now
    return visitor.page(
        "pages/components.html",
        recorded=now - timedelta(days=400),
        archive=now + relativedelta(months=2),
        due=now + relativedelta(years=3),
        errors={"email": "✗"},
    )
