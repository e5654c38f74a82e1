"""What a stream tells: server-sent events with the count of unread notices, and what is new.

Every event carries a cursor as its id. Whoever connects again says the last one
(`Last-Event-ID`) and is told what came since, by whichever replica answers.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Final

from fastapi.responses import StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from starlette.types import Send

from services.gateway.notices.streams import Stream, Streams
from services.gateway.notices.unread import NOT_TOLD
from services.gateway.services import Caller, Json

AGAIN_MS: Final = 2_000
"""After how long a browser connects again."""
AWAY_SECONDS: Final = 1.0
"""After how long a service that was away is asked again."""
SENDS_WITHIN_SECONDS: Final = 20.0
"""How long a browser may take to read what is sent before its stream is ended."""
HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
OVER: Final = format_sse_event(event="over", data_str="{}")
"""Nobody is signed in: there is nothing to connect again for."""
FIRST: Final = format_sse_event(retry=AGAIN_MS)


class EventStream(StreamingResponse):
    """An answer that goes on; a browser that no longer reads ends it."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncIterator[bytes]) -> None:
        super().__init__(events, headers=HEADERS)

    async def stream_response(self, send: Send) -> None:
        """Send each event once the one before has left."""

        async def in_time(message: object) -> None:
            async with asyncio.timeout(SENDS_WITHIN_SECONDS):
                await send(message)  # type: ignore[arg-type]

        try:
            await super().stream_response(in_time)
        except TimeoutError:
            # The server closes a connection whose answer was left unfinished.
            return


class Telling:
    """Tells streams their news, asking the service for a bounded number of them at a time."""

    def __init__(self, streams: Streams, *, heartbeat: float, at_once: int = 32) -> None:
        """Tell `streams`, each at least every `heartbeat` seconds that it is alive."""
        self._streams = streams
        self._heartbeat = heartbeat
        self._turns = asyncio.Semaphore(at_once)

    def answer(self, caller: Caller, after: str) -> EventStream:
        """Return the stream of `caller`, whose browser knows everything up to the cursor `after`.

        Raises:
            TooManyStreamsError: there are too many already.
        """
        if caller.session is None:
            return over()
        stream = self._streams.open(caller.session)
        return EventStream(self._events(stream, caller, after))

    async def _events(self, stream: Stream, caller: Caller, after: str) -> AsyncIterator[bytes]:
        try:
            yield FIRST
            async with aclosing(self._news(stream, caller, after)) as news:
                async for event in news:
                    yield event
        finally:
            self._streams.close(stream)

    async def _news(self, stream: Stream, caller: Caller, cursor: str) -> AsyncGenerator[bytes]:
        told: tuple[int, str] | None = None
        while not stream.over:
            news = await self._asked(caller, cursor)
            if news is None:
                await stream.woken(AWAY_SECONDS)
                continue
            state = news["unread"], news["cursor"]
            if state != told and not stream.over:
                told, cursor = state, news["cursor"]
                yield format_sse_event(
                    event="notices", data_str=json.dumps(news), id=cursor or None
                )
            while not await stream.woken(self._heartbeat):
                yield KEEPALIVE_COMMENT

    async def _asked(self, caller: Caller, cursor: str) -> Json:
        try:
            async with self._turns:
                return await caller.get("notify", "/me/notices/news", after=cursor)
        except NOT_TOLD:
            return None


def over() -> EventStream:
    """Return the answer to a browser in which nobody is signed in."""

    async def once() -> AsyncIterator[bytes]:
        yield OVER

    return EventStream(once())
