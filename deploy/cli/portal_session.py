"""One person's session at the gateway's `/api`, for what the system may not do in their name."""

from typing import Any, Self

import httpx

from deploy.cli.settings import SystemSettings


class PortalSession:
    """Signs in with a password and sends requests as whoever that is."""

    def __init__(self, settings: SystemSettings) -> None:
        """Connect to the gateway on this machine."""
        base = settings.service_url("gateway") + "/api"
        self._client = httpx.Client(base_url=base, timeout=30, trust_env=False)

    def sign_in(self, email: str, password: str) -> httpx.Response:
        """Sign in and return the answer, whatever its status."""
        return self.post("/session", {"email": email, "password": password})

    def post(self, path: str, json: Any = None) -> httpx.Response:
        """Send a request that changes something and return the answer, whatever its status."""
        csrf = self._send("GET", "/session").json()["csrf"]
        return self._send("POST", path, json, {"X-CSRF-Token": csrf})

    def _send(
        self, method: str, path: str, json: Any = None, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        # Written by hand: the cookies of a portal behind TLS are not sent to this machine else.
        jar = self._client.cookies.jar
        cookies = "; ".join(f"{one.name}={one.value}" for one in jar)
        sent = {**(headers or {}), **({"Cookie": cookies} if cookies else {})}
        return self._client.request(method, path, json=json, headers=sent)

    def __enter__(self) -> Self:
        """Keep connections open for several requests."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self._client.close()
