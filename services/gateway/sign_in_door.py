"""How many sign-ins are under way at once: the others are turned away before anything is done.

Whoever is turned away costs a fraction of a millisecond, so that a storm of sign-ins does not keep
the pages of others waiting behind it. The answer is held back for two seconds: a storm comes as
fast as it is answered. Browsers that some account was signed in on have room of their own: identity
decides whether they are what they say.
"""

import asyncio
from html import escape
from typing import TYPE_CHECKING, Final

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from shared.http.problems import ProblemType, language_of, problem_response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

DOORS: Final = frozenset({"/sign-in", "/api/session", "/api/identity/sessions"})
COME_BACK_SECONDS: Final = 5
HELD_BACK_SECONDS: Final = 2.0
HELD_BACK_AT_MOST: Final = 500
"""Answers; what comes beyond them is answered at once, since each holds a connection."""
DEVICES: Final = ("device", "__Host-device")
BUSY: Final = ProblemType(
    "sign-ins-busy",
    429,
    "Beaucoup de personnes se connectent en ce moment. Réessayez dans quelques secondes.",
    "Many people are signing in at the moment. Try again in a few seconds.",
)
PAGE: Final = (
    '<!doctype html><html lang="{language}"><meta charset="utf-8"><title>carionexiq</title>'
    '<p>{text}</p><p><a href="/sign-in">carionexiq</a></p></html>'
)


class SignInDoor:
    """ASGI middleware that lets so many sign-ins in at once."""

    def __init__(
        self, app: "ASGIApp", *, most: int, held_back_seconds: float = HELD_BACK_SECONDS
    ) -> None:
        """Let `most` browsers in that nobody was signed in on, and as many others."""
        self._app = app
        self._most = most
        self._held_back_seconds = held_back_seconds
        self._held_back = 0
        self._inside = {True: 0, False: 0}

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass a request on, unless it is one sign-in too many."""
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] not in DOORS:
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        known = any(name in request.cookies for name in DEVICES)
        if self._inside[known] >= self._most:
            await self._hold_back()
            await _turned_away(request)(scope, receive, send)
            return
        self._inside[known] += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._inside[known] -= 1

    async def _hold_back(self) -> None:
        if self._held_back >= HELD_BACK_AT_MOST:
            return
        self._held_back += 1
        try:
            await asyncio.sleep(self._held_back_seconds)
        finally:
            self._held_back -= 1


def _turned_away(request: Request) -> Response:
    if request.url.path.startswith("/api/"):
        return problem_response(request, BUSY, {"retry_after": COME_BACK_SECONDS})
    language = language_of(request)
    text = BUSY.fr if language == "fr" else BUSY.en
    headers = {
        "Retry-After": str(COME_BACK_SECONDS),
        "Cache-Control": "no-store",
        "Content-Language": language,
    }
    return HTMLResponse(PAGE.format(language=language, text=escape(text)), BUSY.status, headers)
