"""Files of a form, read in memory: what people send us is never written to a disk unsealed."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from fastapi import HTTPException, Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

MOST: Final = 5
"""Of one form."""
MOST_FIELDS: Final = 100
LONGEST_FIELD: Final = 256 * 1024
NAMELESS: Final = "?"
LONGEST_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class Upload:
    """A file; its `repr` shows nothing."""

    name: str = field(repr=False)
    content: bytes = field(repr=False)


class _InMemory(MultiPartParser):
    """Keeps parts in memory: `shared.http.bounded` bounds the size of the whole request before."""

    spool_max_size = 1024 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Form:
    """What a form carries; its `repr` shows nothing."""

    fields: FormData = field(repr=False)
    uploads: Sequence[Upload] = field(repr=False)


async def form_of(request: Request) -> Form:
    """Return the form that `request` carries, read once however often it is asked for.

    Raises:
        HTTPException: it is no form, or has too many parts (400).
    """
    if not hasattr(request.state, "form"):
        data = await _read(request)
        uploads = [
            Upload(_name(value.filename), await value.read())
            for _, value in data.multi_items()
            if isinstance(value, UploadFile) and (value.filename or value.size)
        ]
        fields: list[tuple[str, str | UploadFile]] = [
            (name, text) for name, text in data.multi_items() if isinstance(text, str)
        ]
        await data.close()
        request.state.form = Form(FormData(fields), uploads)
    found: Form = request.state.form
    return found


async def _read(request: Request) -> FormData:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "multipart/form-data":
        return await request.form(max_fields=MOST_FIELDS)
    parser = _InMemory(
        request.headers,
        request.stream(),
        max_files=MOST,
        max_fields=MOST_FIELDS,
        max_part_size=LONGEST_FIELD,
    )
    try:
        return await parser.parse()
    except (MultiPartException, KeyError):
        raise HTTPException(HTTPStatus.BAD_REQUEST) from None


def _name(given: str | None) -> str:
    """Return what a file is called, without the folders that some browsers tell."""
    return (given or "").replace("\\", "/").rsplit("/", 1)[-1][-LONGEST_NAME:] or NAMELESS


def as_json(uploads: Sequence[Upload]) -> Mapping[str, object]:
    """Return `uploads` as a service takes them; nothing where there are none."""
    if not uploads:
        return {}
    files = [
        {"name": one.name, "content": base64.b64encode(one.content).decode()} for one in uploads
    ]
    return {"files": files}
