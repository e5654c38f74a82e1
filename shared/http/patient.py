"""The HTTP protocol of every process: patient with the slow for a time, and strict about heads.

`uvicorn --http shared.http.patient:PatientProtocol`. The application bounds bodies, once it has the
head (`bounded`); who takes too long over a head never gets as far, so it is ended here.
"""

import asyncio
import json
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared.http.framing import is_ambiguous
from shared.http.problems import MALFORMED, MEDIA_TYPE, TOO_SLOW, ProblemType, body_of

HEAD_SECONDS: Final = "request_head_seconds"
"""What the application's lifespan calls how long a head may take."""
STOPPING: Final = "stopping"
"""What the application's lifespan calls what ends answers that go on, when the process stops."""
UNTIL_TOLD: Final = 10.0
LINES: Final = {
    MALFORMED.status: b"HTTP/1.1 400 Bad Request\r\n",
    TOO_SLOW.status: b"HTTP/1.1 408 Request Timeout\r\n",
}


class AmbiguousHeadError(Exception):
    """Two readers may read the head in two ways."""


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's protocol, with an end to waiting for a head and problem details for a bad one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._wait_no_more()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Let the application end answers that go on: the server waits for all of them."""
        stopping = self.app_state.get(STOPPING)
        if stopping is not None:
            stopping()
        super().shutdown()

    def on_message_begin(self) -> None:
        """Wait for the rest of the head."""
        super().on_message_begin()
        if self._waiting is None:
            self._wait()

    def on_headers_complete(self) -> None:
        """Hand the request on.

        Raises:
            AmbiguousHeadError: two readers may read it in two ways; the parser then stops.
        """
        self._wait_no_more()
        if is_ambiguous(self.headers, self.parser.get_http_version()):
            raise AmbiguousHeadError
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer that the request cannot be understood, and close."""
        del msg
        self._refuse(MALFORMED)

    def _wait(self) -> None:
        seconds = self.app_state.get(HEAD_SECONDS, UNTIL_TOLD)
        self._waiting = self.loop.call_later(seconds, self._refuse, TOO_SLOW)

    def _wait_no_more(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _refuse(self, problem: ProblemType) -> None:
        """Answer in both languages: whose request it is that cannot be read is not known."""
        self._wait_no_more()
        if self.transport.is_closing():
            return
        cycle = self.cycle
        if cycle is None or cycle.response_complete or not cycle.response_started:
            body = json.dumps(body_of(problem, f"{problem.fr} / {problem.en}")).encode()
            head = (
                b"content-type: %b\r\ncontent-length: %d\r\ncontent-language: fr, en\r\n"
                b"cache-control: no-store\r\nx-content-type-options: nosniff\r\n"
                b"connection: close\r\n\r\n"
            ) % (MEDIA_TYPE.encode(), len(body))
            self.transport.write(LINES[problem.status] + head + body)
        self.transport.close()
