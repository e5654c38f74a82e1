"""Files of a form: read in memory, counted, named harmlessly, and absent where none was chosen."""

import base64
from collections.abc import MutableMapping
from typing import Any

import pytest
from fastapi import HTTPException, Request

from services.gateway.uploads import MOST, Form, as_json, form_of

BOUNDARY = "x"
LARGE = bytes(3 * 1024 * 1024)


def part(name: str, value: bytes, filename: str | None = None) -> bytes:
    """Return one part of a form."""
    named = f'; filename="{filename}"' if filename is not None else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
    return head.encode() + value + b"\r\n"


def form(*parts: bytes, end: str = "--") -> Request:
    """Return a request that carries `parts`."""
    body = b"".join(parts) + f"--{BOUNDARY}{end}\r\n".encode()

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    media_type = f"multipart/form-data; boundary={BOUNDARY}".encode()
    headers = [(b"content-type", media_type)]
    return Request({"type": "http", "method": "POST", "headers": headers, "state": {}}, receive)


async def read(request: Request) -> Form:
    form = await form_of(request)
    assert await form_of(request) is form
    return form


async def test_files_and_fields_are_read_and_nothing_is_written_to_a_disk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tempfile.SpooledTemporaryFile.rollover", lambda _: pytest.fail("written"))
    found = await read(form(part("message", b"Bonjour"), part("files", LARGE, "C:\\dir\\a.pdf")))
    assert found.fields["message"] == "Bonjour"
    (one,) = found.uploads
    assert (one.name, one.content) == ("a.pdf", LARGE)
    assert as_json([one]) == {
        "files": [{"name": "a.pdf", "content": base64.b64encode(LARGE).decode()}]
    }
    assert "a.pdf" not in repr(one)
    assert "Bonjour" not in repr(found)


async def test_every_file_of_a_field_is_taken() -> None:
    files = [part("files", bytes([n]), f"{n}.txt") for n in range(3)]
    found = await read(form(*files, part("files", b"", "")))
    assert [one.name for one in found.uploads] == ["0.txt", "1.txt", "2.txt"]


async def test_a_field_without_a_chosen_file_is_none() -> None:
    assert (await read(form(part("files", b"", "")))).uploads == []
    assert as_json([]) == {}


@pytest.mark.parametrize(
    "request_of",
    [
        lambda: form(*(part("files", b"a", f"{n}.txt") for n in range(MOST + 1))),
        lambda: form(*(part(f"f{n}", b"a") for n in range(200))),
        lambda: form(b"--x\r\nno field\r\n\r\n\r\n"),
    ],
    ids=["too many files", "too many fields", "no form"],
)
async def test_a_form_with_too_many_parts_or_none_is_refused(request_of: Any) -> None:
    with pytest.raises(HTTPException) as refused:
        await form_of(request_of())
    assert refused.value.status_code == 400
