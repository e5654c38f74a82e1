"""The first page and the visitor's preferences."""

from dateutil.relativedelta import relativedelta
from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.pages.staff.choices import said
from services.gateway.pages.staff.processors import countries
from services.gateway.visitor import THEMES, YEAR, Anyone
from services.gateway.wording import known
from shared.processors.model import FLOWS, GROUNDS

router = APIRouter()


@router.get("/")
async def home(visitor: Anyone) -> Response:
    """Say what the platform is, what it teaches and what it promises."""
    modules = await visitor.caller.part("learning", f"/modules?language={visitor.language}")
    return visitor.page(
        "pages/home.html",
        modules=modules,
        example_start=visitor.now - relativedelta(months=8),
        example_due=visitor.now + relativedelta(years=5),
    )


@router.get("/recipients")
async def recipients(visitor: Anyone) -> Response:
    """Say who receives data to work for us, where, and which (C6.1, GDPR art. 13(1)(e))."""
    register = await visitor.caller.part("retention", "/recipients")
    return visitor.page(
        "pages/recipients.html",
        register=register,
        flow_names=dict(said(visitor, FLOWS)),
        ground_names=dict(said(visitor, GROUNDS)),
        country_names=countries(visitor),
    )


@router.post("/preferences")
async def preferences(visitor: Anyone) -> Response:
    """Remember the language or the colours chosen on this browser."""
    form = await visitor.form()
    response = visitor.go(inner_path(form.get("back")))
    language = known(form.get("language"))
    if language:
        visitor.set_cookie(response, visitor.portal.cookie_name("language"), language, seconds=YEAR)
    theme = form.get("theme")
    if theme in THEMES:
        visitor.set_cookie(response, visitor.portal.cookie_name("theme"), str(theme), seconds=YEAR)
    elif theme == "system":
        visitor.drop_cookie(response, visitor.portal.cookie_name("theme"))
    return response


def inner_path(path: str | None, otherwise: str = "/") -> str:
    """Return `path` when it leads to a page of this portal, else `otherwise`."""
    # Browsers read a backslash as a slash, and leave out tabs and line ends.
    if path and path.isprintable() and "\\" not in path and path[0] == "/" and path[:2] != "//":
        return path
    return otherwise
