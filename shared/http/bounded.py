"""A request body of bounded size and time: refused before it is read whole, whoever sends it.

What is refused is raised where the body is read, as an `HTTPException`: frameworks let those pass.
"""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from starlette.exceptions import HTTPException

from shared.http.problems import TOO_LARGE, TOO_SLOW, ProblemType

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

CLOSING: Final = (b"connection", b"close")
"""After an answer that came before the end of the body: the rest of it is not read."""


class RefusedBodyError(HTTPException):
    """The body is too large or comes too slowly; `problem` is the answer."""

    def __init__(self, problem: ProblemType) -> None:
        super().__init__(problem.status)
        self.problem = problem


class BoundedRequests:
    """ASGI middleware that ends requests whose body is too large or takes too long."""

    def __init__(
        self,
        app: "ASGIApp",
        *,
        most_bytes: int,
        most_seconds: float,
        uploads: Iterable[str] = (),
        upload_bytes: int = 0,
    ) -> None:
        """Bound every body by `most_bytes` and `most_seconds`.

        Args:
            app: what is asked.
            most_bytes: of a body.
            most_seconds: between the head of a request and the end of its body.
            uploads: paths, or their beginnings where they end in `/`, that take files.
            upload_bytes: of a body there.
        """
        self._app = app
        self._most_bytes = most_bytes
        self._most_seconds = most_seconds
        self._uploads = tuple(uploads)
        self._upload_bytes = upload_bytes

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass an HTTP request on with a body that ends; anything else is passed on as it is."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Body(scope, receive, self._most_bytes_of(scope["path"]), self._most_seconds)

        async def answer(message: "Message") -> None:
            if message["type"] == "http.response.start" and not body.over:
                message = {**message, "headers": [*message.get("headers", ()), CLOSING]}
            await send(message)

        await self._app(scope, body.receive, answer)

    def _most_bytes_of(self, path: str) -> int:
        takes_files = any(
            path.startswith(one) if one.endswith("/") else path == one for one in self._uploads
        )
        return self._upload_bytes if takes_files else self._most_bytes


class _Body:
    """What is left of one body."""

    def __init__(
        self, scope: "Scope", receive: "Receive", most_bytes: int, most_seconds: float
    ) -> None:
        self._receive = receive
        self._left = most_bytes
        self._until = asyncio.get_running_loop().time() + most_seconds
        announced = dict(scope["headers"])
        length = announced.get(b"content-length", b"0")
        self._announced = int(length) if length.isdigit() else 0
        self.over = not self._announced and b"transfer-encoding" not in announced
        """Whether the body has come to its end."""

    async def receive(self) -> "Message":
        """Return the next part.

        Raises:
            RefusedBodyError: there is more than may be, or it takes longer.
        """
        if self.over:
            return await self._receive()
        if self._announced > self._left:
            raise RefusedBodyError(TOO_LARGE)
        try:
            async with asyncio.timeout_at(self._until):
                message: dict[str, Any] = dict(await self._receive())
        except TimeoutError:
            raise RefusedBodyError(TOO_SLOW) from None
        part = len(message.get("body", b""))
        self._left -= part
        self._announced -= part
        if self._left < 0:
            raise RefusedBodyError(TOO_LARGE)
        self.over = not message.get("more_body", False)
        return message
