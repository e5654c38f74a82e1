"""A file sent with the contact form: by what it is, through to whom it is for, and no further."""

import json
from datetime import timedelta
from typing import Any

import pytest

from shared.clock import SystemClock
from shared.http.auth import Role
from shared.ids import new_id
from tests.integration.interface.platform import Answer, Platform, ask
from tests.waiting import eventually

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
PROGRAM = b"MZ\x90" + bytes(200)


def part(name: str, value: bytes, filename: str = "") -> bytes:
    """Return one part of a form."""
    named = f'; filename="{filename}"' if filename else ""
    head = f'--x\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
    return head.encode() + value + b"\r\n"


async def send(platform: Platform, email: str, *files: tuple[str, bytes]) -> Answer:
    """Send the contact form as a browser does that was shown it a minute ago."""
    guard = platform.portal.guard
    shown = guard.stamp(SystemClock().now() - timedelta(minutes=1), "a-browser")
    fields = {
        "csrf": guard.token("a-browser", None),
        "shown": shown,
        "once": new_id(),
        "name": "Canari",
        "email": email,
        "message": "Voici mon budget.",
    }
    body = b"".join(part(name, value.encode()) for name, value in fields.items())
    body += b"".join(part("files", content, name) for name, content in files) + b"--x--\r\n"
    headers = {
        "cookie": "form=a-browser",
        "accept-language": "en",
        "content-type": "multipart/form-data; boundary=x",
        "content-length": str(len(body)),
        "x-forwarded-for": "198.51.100.77",
    }
    return await ask(platform.apps["gateway"], "POST", "/contact", headers, body)


async def asked(platform: Platform, method: str, path: str, role: Role, body: Any = None) -> Answer:
    """Return what identity answers somebody of staff."""
    content = b"" if body is None else json.dumps(body).encode()
    headers = {
        **platform.callers.headers("identity", "staff", role),
        "content-type": "application/json",
        "content-length": str(len(content)),
    }
    return await ask(platform.apps["identity"], method, path, headers, content)


@pytest.mark.promise("C1.3", "C13.4")
async def test_a_file_reaches_support_as_an_attachment_and_nobody_else(platform: Platform) -> None:
    email = f"{new_id()}@canari.test"
    answer = await send(platform, email, ("budget.png", PNG), ("", b""))
    assert answer.status == 200, answer.body
    found: list[dict[str, Any]] = []

    async def arrived() -> bool:
        answer = await asked(
            platform, "POST", "/support-requests/searches", Role.SUPPORT, {"search": email}
        )
        found[:] = answer.json()["items"]
        return bool(found) and bool(found[0]["messages"][0].get("files"))

    await eventually(arrived)
    (file,) = found[0]["messages"][0]["files"]
    assert (file["name"], file["media_type"], file["bytes"]) == ("budget.png", "image/png", 10248)
    path = f"/support-requests/{found[0]['id']}/files/{file['id']}"
    content = await asked(platform, "GET", path, Role.SUPPORT)
    assert (content.status, content.body) == (200, PNG)
    assert content.header("content-disposition") == 'attachment; filename="file.png"'
    assert content.header("x-content-type-options") == "nosniff"
    assert (await asked(platform, "GET", path, Role.DPO)).status == 404
    assert (await asked(platform, "GET", path, Role.TRAINER)).status == 403


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([("budget.png", PROGRAM)], "neither a PDF nor an image"),
        ([("page.txt", b"<script>alert(1)</script>")], "neither a PDF nor an image"),
        ([("budget.png", PNG + bytes(5 * 1024 * 1024))], "A file may have 5 MB"),
        ([("vide.txt", b"")], "One of the files is empty"),
    ],
    ids=["a program", "a page", "too large", "empty"],
)
async def test_a_form_with_a_file_that_is_not_taken_says_why_and_keeps_what_was_typed(
    platform: Platform, files: list[tuple[str, bytes]], said: str
) -> None:
    answer = await send(platform, f"{new_id()}@canari.test", *files)
    assert answer.status == 422
    page = answer.body.decode()
    assert said in page
    assert "Voici mon budget." in page


async def test_files_that_are_too_much_together_are_refused_with_a_page(
    platform: Platform,
) -> None:
    large = PNG + bytes(3 * 1024 * 1024)
    answer = await send(platform, "a@canari.test", *((f"{n}.png", large) for n in range(4)))
    assert answer.status == 413
    assert "This is too large" in answer.body.decode()
    assert answer.header("connection") == "close"
