"""The intermediate archive: reading in it with a reason, and who did (C2.5, C2.6)."""

import asyncio
from typing import Annotated, Final, TypedDict

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway import labels
from services.gateway.pages.staff.choices import named
from services.gateway.services import Json, Part, ServiceProblemError, items
from services.gateway.visitor import Visitor, may
from services.gateway.wording import marked

router = APIRouter(prefix="/staff")

Officer = Annotated[
    Visitor,
    may(
        "identity GET /learners/{learner_id}/held-data",
        "learning GET /learners/{learner_id}/held-data",
        "notify GET /learners/{learner_id}/held-data",
        "retention GET /archive-readings",
    ),
]
HOLDERS: Final = ("identity", "learning", "notify")
"""The services that hold personal values and may have them in the archive."""


class ArchiveContext(TypedDict):
    """What the page of the archive needs."""

    readings: Part
    page: int
    reasons: list[tuple[str, str]]


@router.get("/archive")
async def archive(visitor: Officer, page: int = 1) -> Response:
    """Show who read archived data, and ask for a reason before it is read again."""
    return visitor.page("staff/archive.html", held=None, **await _context(visitor, page))


@router.post("/archive")
async def read(visitor: Officer) -> Response:
    """Show everything held about one person; of archived data the reading is recorded first."""
    form = await visitor.form()
    try:
        _check(visitor, form)
        held = await _held(visitor, form)
    except ServiceProblemError as error:
        error.fields = {_FIELDS.get(name, name): code for name, code in error.fields.items()}
        context = await _context(visitor, 1)
        return visitor.refused("staff/archive.html", error, form, held=None, **context)
    return visitor.page("staff/archive.html", held=held, values=form, **await _context(visitor, 1))


_FIELDS: Final = {
    "Archive-Reason": "reason",
    "Archive-Reference": "reference",
    "learner_id": "subject",
}


def _check(visitor: Visitor, form: dict[str, str]) -> None:
    """Refuse a form that names nobody, as a service would."""
    if not form.get("subject"):
        title = visitor.words.say(marked("Please fill this in."))
        raise ServiceProblemError("gateway", 422, "invalid-request", title, {"subject": "missing"})


async def _held(visitor: Visitor, form: dict[str, str]) -> list[Json]:
    reason, reference = form.get("reason", ""), form.get("reference") or "none"
    path = f"/learners/{form['subject']}/held-data"
    answers = await asyncio.gather(
        *(visitor.caller.read_archived(one, path, reason, reference) for one in HOLDERS)
    )
    return [row for answer in answers for row in items(answer)]


async def _context(visitor: Visitor, page: int) -> ArchiveContext:
    return {
        "readings": await visitor.caller.part("retention", "/archive-readings", page=page),
        "page": page,
        "reasons": named(visitor, "access_reason", labels.ACCESS_REASONS),
    }
