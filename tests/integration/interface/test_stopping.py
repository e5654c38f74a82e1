"""A server that stops lets answers that go on come to their end, and does not wait for them."""

import asyncio

from starlette.types import Receive, Scope, Send

from tests.integration.interface.sockets import served

BODY = "http.response.body"


async def test_an_answer_that_goes_on_ends_when_the_server_stops() -> None:
    stopping, begun = asyncio.Event(), asyncio.Event()

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": BODY, "body": b"first", "more_body": True})
        begun.set()
        await stopping.wait()
        await send({"type": BODY, "body": b"last"})

    async with served(app, head_seconds=5, stopping=stopping.set) as port:
        asking = await asyncio.open_connection("127.0.0.1", port)
        asking[1].write(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
        await begun.wait()
    assert b"last" in await asking[0].read()
    asking[1].close()
