"""Requests that try to break the platform: each gets one clear answer, and others are served."""

from collections.abc import AsyncIterator, MutableMapping
from contextlib import AsyncExitStack
from typing import Any

import pytest

from shared.http.auth import Role
from shared.http.bounded import BoundedRequests
from shared.topics import SERVICES
from tests.integration.interface.platform import Platform, ask
from tests.integration.interface.sockets import connected, served

HEAD_SECONDS = 0.4
LARGE = 10_000_000
JSON = {"content-type": "application/json"}
WHOLE = b"GET /health/live HTTP/1.1\r\nHost: a.test\r\n\r\n"
SMUGGLED = b"GET /health/live HTTP/1.1\r\nHost: a.test\r\n\r\n"
POST = b"POST /contact-requests HTTP/1.1\r\nHost: a.test\r\n"

AMBIGUOUS = {
    "length and chunks": POST
    + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    + SMUGGLED,
    "chunks and length": POST
    + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n"
    + SMUGGLED,
    "two lengths": POST + b"Content-Length: 0\r\nContent-Length: 44\r\n\r\n" + SMUGGLED,
    "a signed length": POST + b"Content-Length: +4\r\n\r\nabcd",
    "a space before the colon": POST + b"Content-Length : 44\r\n\r\n" + SMUGGLED,
    "two codings": POST
    + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "an unknown coding": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunks in HTTP/1.0": POST.replace(b"1.1", b"1.0")
    + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a folded field": b"GET / HTTP/1.1\r\nHost: a.test\r\nX-A: b\r\n c\r\n\r\n",
    "bare line feeds": b"GET / HTTP/1.1\nHost: a.test\n\n",
    "one bare line feed": b"GET / HTTP/1.1\r\nHost: a.test\nX-A: b\r\n\r\n",
    "a bare carriage return": b"GET / HTTP/1.1\r\nHost: a.test\r\nX-A: b\rc\r\n\r\n",
    "a NUL": b"GET / HTTP/1.1\r\nHost: a.test\r\nX-A: b\x00c\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: a.test\r\nHost: b.test\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two tokens": b"GET / HTTP/1.1\r\nHost: a.test\r\nAuthorization: Bearer a\r\n"
    b"Authorization: Bearer b\r\n\r\n",
    "no HTTP at all": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
}

BROKEN = {
    "truncated": (b'{"email": "a@', "broken-json"),
    "a name twice": (b'{"email": "a@a.test", "email": "b@b.test"}', "broken-json"),
    "deeply nested": (b"[" * 100_000 + b"]" * 100_000, "broken-json"),
    "nested": (b'{"email":' * 60 + b"1" + b"}" * 60, "broken-json"),
    "a huge number": (b'{"email": ' + b"9" * 5000 + b"}", "broken-json"),
    "infinite": (b'{"email": 1e999}', "broken-json"),
    "not a number": (b'{"email": NaN}', "broken-json"),
    "half a character": (b'{"email": "\\ud800"}', "broken-json"),
    "in Latin-1": ('{"email": "é@a.test"}'.encode("latin-1"), "broken-json"),
    "in UTF-16": ('{"email": "a@a.test"}'.encode("utf-16"), "broken-json"),
    "after another": (b"{}{}", "broken-json"),
    "nothing": (b"", "invalid-request"),
    "a NUL": (b"\x00", "broken-json"),
}


@pytest.fixture(scope="module", params=["gateway", "identity"])
async def port(platform: Platform, request: pytest.FixtureRequest) -> AsyncIterator[int]:
    """Where one of the applications is served, patient with heads for less than a second."""
    async with served(platform.apps[request.param], head_seconds=HEAD_SECONDS) as port:
        yield port


@pytest.mark.promise("C7.1")
@pytest.mark.parametrize("head", AMBIGUOUS.values(), ids=AMBIGUOUS)
async def test_a_head_that_can_be_read_in_two_ways_is_refused_and_nothing_after_it_is_read(
    port: int, head: bytes
) -> None:
    async with connected(port) as connection:
        await connection.send(head)
        reply = await connection.reply()
        assert (reply.status, reply.problem["code"]) == (400, "malformed-request")
        assert reply.headers["connection"] == "close"
        assert await connection.is_closed()


async def test_whoever_is_slow_is_ended_and_meanwhile_others_are_served(port: int) -> None:
    async with AsyncExitStack() as open_connections:
        slow = [await open_connections.enter_async_context(connected(port)) for _ in range(100)]
        for number, connection in enumerate(slow):
            await connection.send(WHOLE[: number % 40])
        async with connected(port) as other:
            await other.send(WHOLE)
            assert (await other.reply()).status == 200
            for connection in slow:
                reply = await connection.reply()
                assert (reply.status, reply.problem["code"]) == (408, "too-slow")
                assert await connection.is_closed()


async def test_a_connection_kept_alive_may_pause_between_requests_and_not_within_one(
    port: int,
) -> None:
    async with connected(port) as connection:
        await connection.send(WHOLE)
        assert (await connection.reply()).status == 200
        await connection.send(WHOLE)
        assert (await connection.reply()).status == 200
        await connection.send(WHOLE[:20])
        assert (await connection.reply()).status == 408


@pytest.mark.parametrize("service", SERVICES)
async def test_ten_megabytes_are_refused_by_each_service_before_any_is_read(
    platform: Platform, service: str
) -> None:
    async def never() -> MutableMapping[str, Any]:
        pytest.fail("the body was read")

    answer = await ask(
        platform.apps[service],
        "POST",
        "/ops/dead-letters/some/replay",
        {
            **JSON,
            **platform.callers.headers(service, "operator", Role.SYSTEM),
            "content-length": str(LARGE),
            "accept-language": "en",
        },
        receive=never,
    )
    assert (answer.status, answer.json()["code"]) == (413, "too-large")
    assert answer.json()["title"].startswith("This content is too long")
    assert answer.header("connection") == "close"


@pytest.mark.parametrize("path", ["/api/identity/sessions", "/contact", "/sign-in", "/api/session"])
async def test_ten_megabytes_are_refused_by_the_gateway_before_any_is_sent(
    platform: Platform, path: str
) -> None:
    media_type = (
        "application/json" if path.startswith("/api") else "multipart/form-data; boundary=x"
    )
    head = f"POST {path} HTTP/1.1\r\nHost: a.test\r\nContent-Type: {media_type}\r\n"
    async with served(platform.apps["gateway"], head_seconds=5) as port, connected(port) as client:
        await client.send(f"{head}Content-Length: {LARGE}\r\n\r\n".encode())
        reply = await client.reply()
        assert reply.status == 413
        assert await client.is_closed()


async def test_a_body_without_announced_length_is_read_up_to_the_limit_and_no_further(
    platform: Platform,
) -> None:
    read = 0

    async def chunks() -> MutableMapping[str, Any]:
        nonlocal read
        read += 65_536
        return {"type": "http.request", "body": b" " * 65_536, "more_body": True}

    headers = {**JSON, "transfer-encoding": "chunked"}
    answer = await ask(platform.apps["identity"], "POST", "/sessions", headers, receive=chunks)
    assert (answer.status, answer.json()["code"]) == (413, "too-large")
    assert read <= 1024 * 1024 + 65_536


async def test_a_body_that_does_not_come_is_waited_for_no_longer_than_configured(
    platform: Platform,
) -> None:
    impatient = BoundedRequests(platform.apps["identity"], most_bytes=1000, most_seconds=0.05)
    async with served(impatient, head_seconds=5) as port, connected(port) as client:
        await client.send(
            b"POST /sessions HTTP/1.1\r\nHost: a.test\r\nContent-Type: application/json\r\n"
            b'Content-Length: 500\r\n\r\n{"email":'
        )
        reply = await client.reply()
        assert (reply.status, reply.problem["code"]) == (408, "too-slow")
        assert await client.is_closed()


@pytest.mark.parametrize("where", ["identity", "gateway"])
@pytest.mark.parametrize(("body", "code"), BROKEN.values(), ids=BROKEN)
async def test_json_that_says_nothing_or_two_things_is_refused(
    platform: Platform, where: str, body: bytes, code: str
) -> None:
    path = "/recoveries" if where == "identity" else "/api/identity/recoveries"
    headers = {**JSON, "accept-language": "en", "content-length": str(len(body))}
    answer = await ask(platform.apps[where], "POST", path, headers, body)
    assert answer.failed is None
    assert (answer.json()["code"], answer.status) == (code, 422 if "invalid" in code else 400)
    assert answer.header("content-language") == "en"
    assert "a.test" not in answer.body.decode()


async def test_json_in_another_encoding_is_refused_whatever_it_says(platform: Platform) -> None:
    headers = {"content-type": "application/json; charset=latin-1", "content-length": "2"}
    answer = await ask(platform.apps["identity"], "POST", "/recoveries", headers, b"{}")
    assert (answer.status, answer.json()["code"]) == (415, "not-utf-8")
