"""Answers that are saved as a file."""

from typing import Final

from starlette.responses import Response

SAVED: Final = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
"""Never shown in the place of a page, and kept by nobody on the way."""


def download(content: bytes | str, media_type: str, name: str) -> Response:
    """Return `content` to be saved under `name`, which says nothing of a person."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', **SAVED}
    return Response(content, media_type=media_type, headers=headers)
