"""A TCP proxy that can be told to be a bad network: cut, delay, swallow."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from types import TracebackType
from typing import Final, Self

from shared.engines.ports import LOOPBACK

CHUNK: Final = 65_536


class Proxy:
    """Forwards one port to another. Used as an asynchronous context manager."""

    def __init__(self, port: int, target_port: int) -> None:
        """Describe a proxy that listens on `port`."""
        self.port = port
        self._target_port = target_port
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._refusing = False
        self._delay = 0.0
        self._open = asyncio.Event()
        self._open.set()

    async def __aenter__(self) -> Self:
        """Listen."""
        self._server = await asyncio.start_server(self._begin, LOOPBACK, self.port)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close every connection and stop listening."""
        assert self._server is not None
        self._server.close()
        self._reset()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @asynccontextmanager
    async def cut(self) -> AsyncIterator[None]:
        """Reset every connection, and every new one as long as this lasts."""
        self._refusing = True
        self._reset()
        try:
            yield
        finally:
            self._refusing = False

    @asynccontextmanager
    async def delayed(self, seconds: float) -> AsyncIterator[None]:
        """Hand everything on `seconds` late, in both directions."""
        self._delay = seconds
        try:
            yield
        finally:
            self._delay = 0.0

    @asynccontextmanager
    async def partitioned(self) -> AsyncIterator[None]:
        """Hand nothing on, without a word; who waited through it is reset at the end."""
        self._open.clear()
        try:
            yield
        finally:
            self._reset()
            self._open.set()

    def _reset(self) -> None:
        for writer in tuple(self._writers):
            writer.transport.abort()

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refusing:
            writer.transport.abort()
            return
        task = asyncio.create_task(self._forward(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            await self._open.wait()
            far_reader, far_writer = await asyncio.open_connection(LOOPBACK, self._target_port)
        except OSError:
            self._writers.discard(writer)
            writer.transport.abort()
            return
        self._writers.add(far_writer)
        if writer.transport.is_closing():
            far_writer.transport.abort()
        try:
            await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
        finally:
            for one in (writer, far_writer):
                self._writers.discard(one)
                one.transport.abort()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(CHUNK):
                if self._delay:
                    await asyncio.sleep(self._delay)
                await self._open.wait()
                sink.write(data)
                await sink.drain()
            # One side has said all it had to say; the answer may still be on its way.
            if sink.can_write_eof():
                sink.write_eof()
