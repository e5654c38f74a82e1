"""Changing requests come from our own pages: what the browser says of where they come from.

A second line beside the form's token (OWASP ASVS 5.0, 3.5.1 to 3.5.3). Browsers tell it in
`Sec-Fetch-Site` where the portal is reached over TLS or on this machine; else in `Origin`, which
our own `Referrer-Policy` makes them leave out of forms, so that its absence proves nothing.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request

from services.gateway.form_guard import ForgedFormError

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
BY_TOKEN: Final = frozenset({"/unsubscribe", "/sign-in/provider/logout"})
"""What proves itself by a signed token: mail programs, and the provider, post from anywhere."""
OURS: Final = frozenset({"same-origin", "none"})
"""From a page of ours, or typed by whoever sits there."""


def is_foreign(method: str, headers: Mapping[str, str], public_url: str) -> bool:
    """Tell whether a request that changes something comes from a page of somebody else."""
    if method in SAFE:
        return False
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in OURS
    origin = headers.get("origin", "null")
    if origin in {"null", public_url}:
        return False
    scheme = urlsplit(public_url).scheme
    return origin != f"{scheme}://{headers.get('host', '')}"


async def from_our_pages(request: Request) -> None:
    """Let a request pass unless it comes from a page of somebody else and proves nothing itself.

    Raises:
        ForgedFormError: it does.
    """
    public_url: str = request.app.state.public_url
    if request.url.path in BY_TOKEN:
        return
    if is_foreign(request.method, request.headers, public_url):
        raise ForgedFormError
