"""Taking one's data to another platform, and bringing it from one (C8.5; GDPR art. 20)."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final
from uuid import uuid4

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.portability import (
    Preview,
    account_name,
    carried,
    carried_file,
    compose,
    in_batches,
    packed,
    preview,
    shown_records,
)
from services.gateway.services import ServiceProblemError
from services.gateway.visitor import Learner, Visitor
from services.gateway.wording import marked
from shared.http.download import download
from shared.portability.file import Imported, PortabilityFile, Source
from shared.portability.reading import Defect, UnreadableFileError, read

router = APIRouter(prefix="/portability")

PROVIDERS: Final = ("identity", "learning", "consent")
"""Services that hold what people provided; notify has copies of it, retention none."""
PAGE: Final = "pages/portability.html"
DEFECTS: Final[Mapping[Defect, str]] = {
    Defect.EMPTY: marked("Choose the file first: the ZIP that the other platform gave you."),
    Defect.NOT_OURS: marked("This is not a portability file of a carionexiq platform."),
    Defect.OTHER_VERSION: marked(
        "This file is of a later version than we read. Ask the other platform for version 1."
    ),
    Defect.TOO_LARGE: marked("This file holds more than we take: 8 MB once unpacked, at most."),
    Defect.TOO_MANY: marked(
        "This file holds more than we take: 500 courses and sessions with 10,000 answers, at most."
    ),
    Defect.DAMAGED: marked(
        "This file is damaged, or was changed after it was made. Download it again."
    ),
    Defect.SHAPE: marked("This file does not have the shape that its version describes."),
}


@router.get("")
async def show(visitor: Learner) -> Response:
    """Show what can be taken along, what can be brought, and what was."""
    return await _page(visitor)


@router.post("/file")
async def hand_over(visitor: Learner) -> Response:
    """Hand over everything the learner provided, as a ZIP; confirmed first.

    A service that is away fails the whole: a part is never handed over as if it were all.
    """
    form = await visitor.form()
    subject = visitor.session_in_use.subject
    parts = [await visitor.caller.get(service, "/me/provided") for service in PROVIDERS]
    source = Source(
        home_page=visitor.portal.settings.public_url.lower(), name=account_name(subject)
    )
    file = compose(source, visitor.now, *parts)
    content = packed(file, visitor.words)
    await visitor.caller.send("POST", "identity", "/me/portability-files", key=form.get("once"))
    return download(content, "application/zip", "carionexiq-portability.zip")


@router.post("/import")
async def look(visitor: Learner) -> Response:
    """Read a file that the learner brought, and show what would be taken; nothing is yet."""
    await visitor.form()
    content = visitor.uploads[0].content if visitor.uploads else b""
    try:
        file = read(content)
    except UnreadableFileError as error:
        return await _page(visitor, error.defect)
    return visitor.page(
        "pages/import.html", found=await _preview(visitor, file), kept=carried(file)
    )


@router.post("/import/confirmed")
async def bring(visitor: Learner) -> Response:
    """Take what was ticked; sent twice, or again after it failed half-way, it is the same."""
    form = await visitor.form()
    try:
        file = carried_file(form.get("kept", ""))
    except UnreadableFileError as error:
        return await _page(visitor, error.defect)
    found = await _preview(visitor, file)
    try:
        if form.get("profile") == "yes":
            await _describe(visitor, found)
        if form.get("records") == "yes":
            await _take(visitor, [one.brought for one in found.taken])
    except ServiceProblemError as error:
        return visitor.refused("pages/import.html", error, {}, found=found, kept=carried(file))
    return visitor.go("/portability", notice="brought")


async def _describe(visitor: Visitor, found: Preview) -> None:
    """Take what the learner told about themselves, as if they had typed it here."""
    told = {one.field: one.brought for one in found.changes}
    for method, path, name in (("PATCH", "/me", "telephone"), ("PUT", "/me/zone", "zone")):
        if name in told:
            body = {name: told.pop(name)}
            await visitor.caller.send(method, "identity", path, body, key=str(uuid4()))
    if told:
        await visitor.caller.send("PUT", "identity", "/me/profile", told, key=str(uuid4()))


async def _take(visitor: Visitor, brought: Sequence[Imported]) -> None:
    for some in in_batches(brought):
        body = {"records": [one.model_dump(mode="json") for one in some]}
        await visitor.caller.send(
            "POST", "learning", "/me/imported-records", body, key=str(uuid4())
        )


async def _preview(visitor: Visitor, file: PortabilityFile) -> Preview:
    account: Mapping[str, Any] = await visitor.caller.get("identity", "/me")
    kept: Mapping[str, Any] = await visitor.caller.get("learning", "/me/imported-records")
    return preview(file, account, kept)


async def _page(visitor: Visitor, defect: Defect | None = None) -> Response:
    part = await visitor.caller.part("learning", "/me/imported-records")
    refused = visitor.words.say(DEFECTS[defect]) if defect else None
    return visitor.page(
        PAGE,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if defect else HTTPStatus.OK,
        part=part,
        records=[] if part.missing else shown_records(part.data),
        refused=refused,
    )
