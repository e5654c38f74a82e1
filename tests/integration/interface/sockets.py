"""Applications of the platform behind real sockets, and clients that write raw bytes."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.engines import free_ports
from shared.http.patient import HEAD_SECONDS, STOPPING, PatientProtocol


@dataclass(frozen=True)
class Reply:
    """What came back before the connection was closed."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def problem(self) -> dict[str, Any]:
        """The problem details that it must be."""
        assert self.headers["content-type"] == "application/problem+json", self
        found: dict[str, Any] = json.loads(self.body)
        assert found["status"] == self.status
        return found


class Connection:
    """One raw connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, data: bytes) -> None:
        """Send `data` as it is."""
        self._writer.write(data)
        await self._writer.drain()

    async def reply(self) -> Reply:
        """Return the next answer."""
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:] if line)
        }
        length = headers.get("content-length")
        body = await self._reader.readexactly(int(length)) if length else b""
        return Reply(int(head[0].split()[1]), headers, body)

    async def is_closed(self) -> bool:
        """Whether nothing more comes, once it is known."""
        try:
            return await self._reader.read() == b""
        except ConnectionResetError:
            return True

    def close(self) -> None:
        """Close it."""
        self._writer.close()


@asynccontextmanager
async def served(
    app: ASGIApp, *, head_seconds: float, stopping: Callable[[], None] | None = None
) -> AsyncIterator[int]:
    """Yield the port at which `app`, started already, is served as `up` serves it.

    `stopping` is told when the server stops.
    """

    async def started(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await app(scope, receive, send)
            return
        scope["state"] |= {HEAD_SECONDS: head_seconds, STOPPING: stopping}
        for over in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{over}.complete"})

    (port,) = free_ports(1)
    config = uvicorn.Config(
        started,
        port=port,
        http=PatientProtocol,
        lifespan="on",
        log_config=None,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    server.capture_signals = _nothing  # type: ignore[method-assign,assignment] # the tests' own
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells it no other way
        await asyncio.sleep(0.01)
    try:
        yield port
    finally:
        server.should_exit = True
        await serving


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Connection]:
    """Yield a raw connection to `port`."""
    connection = Connection(*await asyncio.open_connection("127.0.0.1", port))
    try:
        yield connection
    finally:
        connection.close()


class _nothing:  # noqa: N801 - stands for a method
    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass
