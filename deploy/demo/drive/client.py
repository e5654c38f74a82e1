"""A client of the gateway's `/api`, as any program would be one: cookies, CSRF token, JSON."""

from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

import httpx

from deploy.authenticator import Authenticator
from deploy.demo.drive.errors import DemoFailedError
from shared.clock import Clock

SESSION_LASTS: Final = timedelta(hours=8)
"""After this the client signs in again; the gateway's sessions live longer."""
REQUEST_SECONDS: Final = 60.0

Sent = Callable[[bytes], None]
"""Told every request body, so that what was really planted is known."""


class Client:
    """One person's connection to the platform."""

    def __init__(self, gateway: str, clock: Clock, *, sent: Sent | None = None) -> None:
        self._clock = clock
        self._sent = sent or (lambda _body: None)
        self._http = httpx.AsyncClient(
            base_url=f"{gateway}/api",
            timeout=REQUEST_SECONDS,
            trust_env=False,
            # People come back after days: no connection of theirs is still open then.
            limits=httpx.Limits(max_keepalive_connections=0),
        )
        self._csrf = ""
        self._anonymous_csrf = ""
        self._signed_in_at: datetime | None = None
        self._headers: dict[str, str] = {}
        self._password = ""
        self._authenticator: Authenticator | None = None
        self.subject = ""

    async def close(self) -> None:
        """Close the connection."""
        await self._http.aclose()

    async def sign_in(
        self,
        email: str,
        password: str,
        *,
        address: str = "",
        browser: str = "",
        authenticator: Authenticator | None = None,
    ) -> None:
        """Sign in, from a network address and with a browser that leave a technical trace.

        Staff bring the `authenticator` that they have enrolled.

        Raises:
            DemoFailedError: the platform refuses or is away.
        """
        self._http.cookies.delete("session")
        self._headers = {"User-Agent": browser or "demonstration"}
        if address:
            self._headers["X-Forwarded-For"] = address
        self._sent("\n".join(self._headers.values()).encode())
        if "form" not in self._http.cookies:
            self._csrf = (await self._ask("GET", "/session"))["csrf"]
            self._anonymous_csrf = self._csrf
        self._csrf = self._anonymous_csrf
        self._password, self._authenticator = password, authenticator
        credentials = {"email": email, "password": password}
        if authenticator is not None:
            credentials["code"] = self._shown_by(authenticator)
        await self._ask("POST", "/session", credentials)
        found = await self._ask("GET", "/session")
        self._csrf, self.subject = found["csrf"], found["subject"]
        self._signed_in_at = self._clock.now()

    @property
    def signed_in(self) -> bool:
        """Whether the session still lasts."""
        at = self._signed_in_at
        return at is not None and self._clock.now() - at < SESSION_LASTS

    def sign_out(self) -> None:
        """Forget the session; whoever acts next signs in anew."""
        self._signed_in_at = None

    async def get(self, path: str) -> Any:
        """Return the JSON at `path`, such as `/learning/modules`."""
        return await self._ask("GET", path)

    async def send(self, method: str, path: str, body: Any = None) -> Any:
        """Ask for a change and return the JSON answer.

        Raises:
            DemoFailedError: the platform refuses or is away.
        """
        return await self._ask(method, path, body)

    async def _ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = await self._answer(method, path, body)
        forbidden = answer.status_code == HTTPStatus.FORBIDDEN
        if forbidden and _code(answer) == "confirmation-required":
            await self._confirm()
            answer = await self._answer(method, path, body)
        if answer.status_code >= HTTPStatus.BAD_REQUEST:
            raise DemoFailedError(
                f"{_service(path)} answered {answer.status_code} ({_code(answer)}) "
                f"to {method} {_shape(path)} on {self._clock.now():%Y-%m-%d}"
            )
        return answer.json() if answer.content else None

    async def _confirm(self) -> None:
        """Show anew who this is, as the platform asks for before what matters."""
        if self._authenticator is None:
            proof = {"password": self._password}
        else:
            proof = {"code": self._shown_by(self._authenticator)}
        await self._answer("POST", "/session/confirmation", proof)

    def _shown_by(self, authenticator: Authenticator) -> str:
        code = authenticator.code(self._clock.now())
        if code is None:
            raise DemoFailedError("an authenticator app was asked for more codes than it shows")
        return code

    async def _answer(self, method: str, path: str, body: Any = None) -> httpx.Response:
        headers = {**self._headers, "X-CSRF-Token": self._csrf}
        try:
            request = self._http.build_request(method, path, json=body, headers=headers)
            self._sent(request.content)
            return await self._http.send(request)
        except httpx.HTTPError as error:
            raise DemoFailedError(
                f"the gateway does not answer {method} {_shape(path)} ({type(error).__name__})"
            ) from error


def _service(path: str) -> str:
    return path.split("/")[1]


def _shape(path: str) -> str:
    """Return `path` without ids, which say nothing to a reader."""
    steps = path.split("/")
    return "/".join("…" if any(c.isdigit() for c in step) else step for step in steps)


def _code(answer: httpx.Response) -> str:
    if "json" not in answer.headers.get("content-type", ""):
        return "no details"
    body = answer.json()
    return str(body.get("code", "no code")) if isinstance(body, dict) else "no code"
