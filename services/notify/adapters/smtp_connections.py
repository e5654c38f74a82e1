"""Connections to the provider, kept open and shared; who is most urgent gets the next free one."""

import asyncio
import heapq
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import count
from typing import Final

import aiosmtplib

from services.notify.settings import NotifySettings

IDLE_SECONDS: Final = 20.0
"""After which a connection is not used again: servers close what says nothing."""
MESSAGES: Final = 200
"""Sent over one connection at most: servers count, too."""


class Connection:
    """One session with the provider."""

    def __init__(self, client: aiosmtplib.SMTP) -> None:
        self.client = client
        self.used = 0
        self.since = 0.0

    @property
    def fresh(self) -> bool:
        """Whether nothing has been sent over it."""
        return self.used == 0


class Connections:
    """At most so many at the same time; a failed one is closed."""

    def __init__(self, settings: NotifySettings) -> None:
        self._settings = settings
        self._context = _tls(settings)
        self._idle: list[Connection] = []
        self._free = settings.smtp_connections
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._arrivals = count()

    @asynccontextmanager
    async def one(self, priority: int) -> AsyncIterator[Connection]:
        """Yield a connection; when the context raises it is closed.

        Raises:
            aiosmtplib.SMTPException, OSError: the provider cannot be reached.
        """
        await self._place(priority)
        try:
            connection = await self._opened()
            try:
                yield connection
            except BaseException:
                connection.client.close()
                raise
            connection.used += 1
            connection.since = asyncio.get_running_loop().time()
            if connection.used < MESSAGES and connection.client.is_connected:
                self._idle.append(connection)
            else:
                await _quit(connection)
        finally:
            self._leave()

    async def close(self) -> None:
        """End every idle session."""
        while self._idle:
            await _quit(self._idle.pop())

    async def _opened(self) -> Connection:
        now = asyncio.get_running_loop().time()
        while self._idle:
            connection = self._idle.pop()
            if now - connection.since < IDLE_SECONDS and connection.client.is_connected:
                return connection
            connection.client.close()
        client = self._client()
        await client.connect()
        return Connection(client)

    async def _place(self, priority: int) -> None:
        if self._free > 0:
            self._free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (priority, next(self._arrivals), turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._leave()
            raise

    def _leave(self) -> None:
        while self._waiting:
            _, _, turn = heapq.heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def _client(self) -> aiosmtplib.SMTP:
        settings = self._settings
        password = settings.smtp_password
        return aiosmtplib.SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            timeout=settings.smtp_timeout_seconds,
            use_tls=settings.smtp_tls == "tls",
            start_tls=settings.smtp_tls == "starttls",
            tls_context=self._context,
            username=settings.smtp_username,
            password=None if password is None else password.get_secret_value(),
        )


def _tls(settings: NotifySettings) -> ssl.SSLContext | None:
    """Return how the provider's certificate is checked; never that it is not."""
    if settings.smtp_tls == "none":
        return None
    return ssl.create_default_context(cafile=settings.smtp_ca_file)


async def _quit(connection: Connection) -> None:
    with suppress(aiosmtplib.SMTPException, OSError):
        await connection.client.quit()
    connection.client.close()
