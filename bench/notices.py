"""How soon an open page hears of a notice, and what a stream holds, with 500 of them open.

Ours is the whole of it: the message's commit, the relay, Kafka, the gateway's reader, the question
to notify, and the event on the browser's connection. Beside it a bare Starlette loop, in the same
process: a queue a stream. Browsers are connections of this process on both sides.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from time import perf_counter
from typing import Final

import httpx
import psutil
import uvicorn
from fastapi import FastAPI
from fastapi.sse import format_sse_event
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from bench.facts import META
from bench.rows import Row, at_most, p50, p99
from bench.services import running
from bench.stage import Stage
from services.gateway.notices.hearing import NoticeNews
from services.gateway.notices.streams import Streams
from services.gateway.notices.telling import Telling
from services.gateway.notices.unread import UnreadCounts
from services.gateway.services import Caller, Services
from services.gateway.sessions import SessionStore
from services.gateway.settings import GatewaySettings
from services.notify.application.deliver import stream_of
from services.notify.domain.commands import QueueMessage
from services.notify.domain.decide import decide
from services.notify.domain.state import MessageState
from services.notify.projections.recipients import Recipients
from shared.clock import SystemClock
from shared.database import Document, MongoClient
from shared.engines import free_ports
from shared.events.base import SubjectId
from shared.http.auth import Role
from shared.http.patient import PatientProtocol
from shared.ids import new_id
from shared.service import Runtime
from shared.settings import load_settings
from shared.tokens import GATEWAY, TokenIssuer

STREAMS: Final = 500
LIMIT_MS: Final = 1_000
KIBIBYTE: Final = 1024
NEWS: Final = b"event: notices"
AGAINST: Final = "Starlette: a queue a stream"


@dataclass
class Browser:
    """One connection that listens."""

    writer: asyncio.StreamWriter
    heard: asyncio.Queue[float] = field(default_factory=asyncio.Queue)
    task: asyncio.Task[None] | None = None

    @classmethod
    async def at(cls, port: int, path: str) -> "Browser":
        """Connect, and note when each event arrives."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
        browser = cls(writer)
        browser.task = asyncio.create_task(browser.listen(reader))
        return browser

    async def listen(self, reader: asyncio.StreamReader) -> None:
        """Read until the end."""
        while line := await reader.readline():
            if line.startswith(NEWS):
                self.heard.put_nowait(perf_counter())

    async def close(self) -> None:
        """Leave."""
        self.writer.close()
        if self.task is not None:
            await self.task


async def measure(stage: Stage) -> list[Row]:
    """Measure both sides in turns."""
    count, rounds = stage.size(STREAMS, 5), stage.size(300, 5)
    async with running(stage, "notify") as (app,):
        runtime: Runtime = app.state.runtime
        people = [SubjectId(new_id()) for _ in range(count)]
        await _recipients(runtime, people)
        async with _gateway(app, people) as (port, queues):
            bare, bare_memory = await _opened(port, "bare", count)
            ours, our_memory = await _opened(port, "ours", count)
            turns = iter(range(10 * rounds + 10))

            async def one_of_ours() -> list[float]:
                which = next(turns) % count
                began = perf_counter()
                await _posted(runtime, people[which])
                return [(await ours[which].heard.get() - began) * 1_000]

            async def one_of_bare() -> list[float]:
                which = next(turns) % count
                began = perf_counter()
                queues[which].put_nowait(b"{}")
                return [(await bare[which].heard.get() - began) * 1_000]

            mine, theirs = await stage.interleaved(rounds, one_of_ours, one_of_bare)
            for browser in (*ours, *bare):
                await browser.close()
    what = f"a notice committed -> the open page hears of it, {count} streams"
    return [
        Row(f"{what}, p50", p50(mine), "ms", p50(theirs), AGAINST),
        Row(f"{what}, p99", p99(mine), "ms", p99(theirs), AGAINST, at_most(LIMIT_MS)),
        Row("memory a stream, both ends", our_memory, "KiB", bare_memory, AGAINST),
    ]


async def _opened(port: int, side: str, count: int) -> tuple[Sequence[Browser], float]:
    """Open `count` streams; return them, and the memory of each in KiB."""
    process = psutil.Process()
    before = process.memory_info().rss
    browsers = [await Browser.at(port, f"/{side}/{number}") for number in range(count)]
    for browser in browsers:
        await browser.heard.get()
    return browsers, (process.memory_info().rss - before) / KIBIBYTE / count


async def _posted(runtime: Runtime, person: SubjectId) -> None:
    message = new_id()
    queued = QueueMessage(person, message, "password_changed", message, SystemClock().now())
    events = decide(queued, MessageState())
    await runtime.kernel.store.append(stream_of(message), 0, events, subject=person, meta=META)


async def _recipients(runtime: Runtime, people: Sequence[SubjectId]) -> None:
    known: Document = {
        "language": "fr",
        "consents": [],
        "confirmed": True,
        **dict.fromkeys(("blocked", "closed", "archived", "erased"), False),
        **dict.fromkeys(("email", "first_name", "closing_case", "address_since")),
        "zone": None,
        "recorded_at": SystemClock().now(),
    }
    rows = runtime.database.collection(Recipients.name)
    await rows.insert_many([{"_id": person, **known} for person in people])


@asynccontextmanager
async def _gateway(
    app: FastAPI, people: Sequence[SubjectId]
) -> AsyncIterator[tuple[int, Sequence[asyncio.Queue[bytes]]]]:
    """Yield the port of the gateway's streams and the bare ones, and the queues of these."""
    settings, clock = load_settings(GatewaySettings), SystemClock()
    mongodb = MongoClient(settings.mongodb_uri, settings.namespace)
    sessions = SessionStore(mongodb.database("gateway"), clock, timedelta(hours=12))
    streams = Streams(most=len(people), most_per_session=6)
    telling = Telling(streams, heartbeat=15)
    news = NoticeNews(settings, sessions, streams, UnreadCounts())
    issuer = TokenIssuer(GATEWAY, settings.secrets_dir, clock)
    queues: list[asyncio.Queue[bytes]] = [asyncio.Queue() for _ in people]
    tokens = [await sessions.start(person, Role.LEARNER, "fr") for person in people]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app)) as client:
        services = Services(settings, issuer, client)

        async def ours(request: Request) -> Response:
            session = await sessions.find(tokens[int(request.path_params["number"])])
            return telling.answer(Caller(services, session, "fr", "127.0.0.1"), "")

        async def bare(request: Request) -> Response:
            queue = queues[int(request.path_params["number"])]

            async def events() -> AsyncIterator[bytes]:
                yield format_sse_event(event="notices", data_str="{}")
                while True:
                    data = await queue.get()
                    yield format_sse_event(event="notices", data_str=data.decode())

            return StreamingResponse(events(), media_type="text/event-stream")

        await news.start()
        try:
            async with _served({"ours": ours, "bare": bare}) as port:
                yield port, queues
        finally:
            await news.stop()
            mongodb.close()


@asynccontextmanager
async def _served(
    sides: dict[str, Callable[[Request], Awaitable[Response]]],
) -> AsyncIterator[int]:
    (port,) = free_ports(1)
    app = Starlette(routes=[Route(f"/{name}/{{number:int}}", one) for name, one in sides.items()])
    config = uvicorn.Config(
        app, port=port, http=PatientProtocol, log_level="error", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells it no other way
        await asyncio.sleep(0.01)
    try:
        yield port
    finally:
        server.should_exit = True
        await serving
