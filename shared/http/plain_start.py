"""A start that fails for a reason of ours says so in one line: no traceback hides what to do."""

import sys
from typing import TYPE_CHECKING, Final

from shared.restoration import NotServableError
from shared.settings import ConfigurationError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

EXPLAINED: Final = (ConfigurationError, NotServableError)
"""Errors whose one-line message tells the operator what is wrong."""


class PlainStart:
    """ASGI middleware that tells the server in one line why the application does not start."""

    def __init__(self, app: "ASGIApp", name: str) -> None:
        """Speak for the service `name`."""
        self._app = app
        self._name = name

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass everything on; of a failed start only the message changes, not that it failed."""

        async def plainly(message: "Message") -> None:
            error = sys.exception()
            if message["type"] == "lifespan.startup.failed" and isinstance(error, EXPLAINED):
                message = {**message, "message": f"carionexiq {self._name}: {error}"}
            await send(message)

        await self._app(scope, receive, plainly if scope["type"] == "lifespan" else send)
