"""The access file: asked for in one press, fetched once, behind a confirmation or a link (C8.1)."""

import asyncio
from datetime import datetime
from typing import Final

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.access_file import Opening, WrongPartError, assembled
from services.gateway.services import Json, ServiceAwayError, ServiceProblemError
from services.gateway.visitor import Anyone, Learner, Visitor
from shared.access_files import CONTRIBUTORS
from shared.http.download import download
from shared.ids import new_id

router = APIRouter()

ZIP: Final = "application/zip"


@router.post("/access-file")
async def ask(visitor: Learner) -> Response:
    """Ask for a file of everything held."""
    form = await visitor.form()
    await visitor.caller.send("POST", "identity", "/me/access-files", key=form.get("once"))
    return visitor.go("/my-requests", notice="access-file-asked")


@router.post("/my-requests/{file_id}/file")
async def fetch(visitor: Learner, file_id: str) -> Response:
    """Hand the learner their file: once, and only to who has lately shown who they are."""
    await visitor.form()
    made = await visitor.caller.send("POST", "identity", f"/me/access-files/{file_id}/opening")
    content = await _put_together(visitor, made)
    # Only now: a file that could not be put together has not been had.
    await visitor.caller.send(
        "POST", "identity", f"/me/access-files/{file_id}/fetching", key=new_id()
    )
    return _file(content, visitor.now)


@router.get("/access-file")
async def show_link(visitor: Anyone, token: str = "") -> Response:
    """Show how far the file behind a link is, and one button; following it changes nothing."""
    try:
        found = await visitor.caller.send(
            "POST", "identity", "/access-files/linked", {"token": token}
        )
    except ServiceProblemError as error:
        return visitor.refused("pages/access_file.html", error, {}, found=None, token="")
    return visitor.page("pages/access_file.html", found=found, token=token, problem=None)


@router.post("/access-file/link")
async def fetch_by_link(visitor: Anyone) -> Response:
    """Hand the file, once, to who has no account and reads the known address's mail."""
    form = await visitor.form()
    body = {"token": form.get("token", "")}
    try:
        made = await visitor.caller.send("POST", "identity", "/access-files/opening", body)
        content = await _put_together(visitor, made)
        await visitor.caller.send("POST", "identity", "/access-files/fetching", body, key=new_id())
    except ServiceProblemError as error:
        return visitor.refused("pages/access_file.html", error, {}, found=None, token="")
    return _file(content, visitor.now)


async def _put_together(visitor: Visitor, made: Json) -> bytes:
    """Return the package of every part, each checked against what its service said.

    Raises:
        ServiceAwayError: a service does not answer, or its part is not what it said it was; the
            file has not been had then, and can be fetched again.
        ServiceProblemError: a part is gone.
    """
    opening = Opening.model_validate(made)
    asked = {"file_id": opening.file_id, "key": opening.key}
    answers = await asyncio.gather(
        *(visitor.caller.send("POST", one, "/access-parts", asked) for one in CONTRIBUTORS)
    )
    contents = {
        service: answer["content"] for service, answer in zip(CONTRIBUTORS, answers, strict=True)
    }
    try:
        return await asyncio.to_thread(assembled, opening, contents)
    except WrongPartError as error:
        raise ServiceAwayError(error.service) from error


def _file(content: bytes, now: datetime) -> Response:
    return download(content, ZIP, f"carionexiq-access-{now:%Y-%m-%d}.zip")
