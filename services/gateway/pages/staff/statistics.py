"""Statistics for staff: figures of ten persons or more, as pages and as a CSV file (C2.6, C9.3)."""

import asyncio
import csv
from collections.abc import Iterator
from io import StringIO
from typing import Annotated, Final

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.services import Json, items
from services.gateway.visitor import Visitor, may
from shared.http.download import download

router = APIRouter(prefix="/staff")

Reader = Annotated[
    Visitor, may("learning GET /statistics", "learning GET /statistics/{module_id}", staff=True)
]

COLUMNS: Final = (
    "module_id",
    "module",
    "period",
    "kind",
    "about",
    "title",
    "level",
    "category",
    "label",
    "enrolments",
    "hidden",
)


@router.get("/statistics")
async def statistics(visitor: Reader) -> Response:
    """Show the modules' totals, and where learners get stuck."""
    part = await visitor.caller.part("learning", "/statistics")
    return visitor.page("staff/statistics.html", statistics=part)


@router.get("/statistics.csv")
async def statistics_file(visitor: Reader) -> Response:
    """Hand out every figure of every module, one line each; what is hidden says why."""
    found = items(await visitor.caller.get("learning", "/statistics"))
    modules = await asyncio.gather(
        *(visitor.caller.get("learning", f"/statistics/{one['module_id']}") for one in found)
    )
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for module in modules:
        writer.writerows(lines(module))
    return download(text.getvalue(), "text/csv; charset=utf-8", "carionexiq-statistics.csv")


@router.get("/statistics/{module_id}")
async def module_statistics(visitor: Reader, module_id: str) -> Response:
    """Show one module: in all, by year and by cohort."""
    found = await visitor.caller.get("learning", f"/statistics/{module_id}")
    return visitor.page("staff/module_statistics.html", module=found)


def lines(module: Json) -> Iterator[list[str]]:
    """Yield the lines of one module's table."""
    named = [module["module_id"], module["title"]]
    for row in module["rows"]:
        place = [*named, row["scope"], row["kind"]]
        total = row["enrolments"]
        yield [*place, "enrolments", "", "0", "all", "", _number(total), row["hidden"] or ""]
        for one in row["distributions"]:
            subject = [*place, one["about"], one["title"], str(one["level"])]
            for category in one["categories"]:
                count = _number(category["enrolments"])
                yield [*subject, category["category"], category["label"], count, ""]
            if one["hidden"]:
                yield [*subject, "", "", "", one["hidden"]]


def _number(count: int | None) -> str:
    return "" if count is None else str(count)
