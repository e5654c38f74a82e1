"""A mail server that takes everything and keeps nothing: `python -m bench.mail_sink PORT`."""

import asyncio
import sys

END = b"\r\n.\r\n"


class Sink(asyncio.Protocol):
    """The least that is SMTP (RFC 5321)."""

    def __init__(self) -> None:
        self._content = False
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - what a server is given
        self._transport = transport
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer every whole command, and the end of a content."""
        self._read += data
        while True:
            end = END if self._content else b"\r\n"
            line, found, rest = self._read.partition(end)
            if not found:
                return
            self._read = rest
            self._answer(line)

    def _answer(self, line: bytes) -> None:
        verb = line[:4].upper()
        if self._content:
            self._content = False
            self._transport.write(b"250 taken\r\n")
        elif verb == b"DATA":
            self._content = True
            self._transport.write(b"354 go on\r\n")
        elif verb == b"QUIT":
            self._transport.write(b"221 bye\r\n")
            self._transport.close()
        else:
            self._transport.write(b"250 ok\r\n")


async def main(port: int) -> None:
    """Serve until the process ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Sink, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
