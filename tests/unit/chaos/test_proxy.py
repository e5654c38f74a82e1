"""The bad network: what the proxy does to connections."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from shared.engines import free_ports
from shared.engines.ports import LOOPBACK
from tests.chaos.proxy import Proxy


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    """A proxy before a server that says everything back."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(100):
            writer.write(data)
        writer.close()

    port, target = free_ports(2)
    async with await asyncio.start_server(echo, LOOPBACK, target), Proxy(port, target) as proxy:
        yield proxy


async def _connected(proxy: Proxy) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection(LOOPBACK, proxy.port)
    writer.write(b"one")
    assert await reader.readexactly(3) == b"one"
    return reader, writer


async def test_everything_is_handed_on_and_an_end_as_well(proxy: Proxy) -> None:
    reader, writer = await _connected(proxy)
    writer.write_eof()
    assert await reader.read() == b""
    writer.close()


async def test_a_cut_resets_what_is_connected_and_what_connects(proxy: Proxy) -> None:
    reader, writer = await _connected(proxy)
    async with proxy.cut():
        assert await _ended(reader)
        again, late = await asyncio.open_connection(LOOPBACK, proxy.port)
        assert await _ended(again)
    writer.close()
    late.close()
    _, writer = await _connected(proxy)
    writer.close()


async def test_a_delay_hands_on_later_and_loses_nothing(proxy: Proxy) -> None:
    reader, writer = await _connected(proxy)
    async with proxy.delayed(0.01):
        writer.write(b"two")
        assert await reader.readexactly(3) == b"two"
    writer.close()


async def test_a_partition_swallows_and_resets_those_who_waited(proxy: Proxy) -> None:
    reader, writer = await _connected(proxy)
    async with proxy.partitioned():
        writer.write(b"two")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await reader.read(3)
    assert await _ended(reader)
    writer.close()
    _, writer = await _connected(proxy)
    writer.close()


async def _ended(reader: asyncio.StreamReader) -> bool:
    try:
        return await reader.read(10) == b""
    except ConnectionResetError:
        return True
