"""A real OpenID Connect provider for tests, in a process of its own."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from shared.engines.ports import free_ports

CLIENT_ID: Final = "carionexiq-tests"
CLIENT_SECRET: Final = "a secret of this test alone"


@dataclass(frozen=True)
class Provider:
    """A provider that runs."""

    issuer: str
    process: subprocess.Popen[bytes]

    def decides(self, **what: Any) -> None:
        """Say whom the next sign-in is for (`claims`), and what is wrong with it."""
        httpx.put(f"{self.issuer}/next", json=what, trust_env=False).raise_for_status()

    def tells_of_logout(self, sub: str, jti: str, **what: Any) -> str:
        """Return the logout token of `sub`, with `what` is to be wrong with it."""
        asked = {"sub": sub, "jti": jti, **what}
        answer = httpx.post(f"{self.issuer}/logout-token", json=asked, trust_env=False)
        token: str = answer.raise_for_status().json()["logout_token"]
        return token

    def sends_back(self, address: str) -> httpx.URL:
        """Follow a browser that was sent to `address` and return where it is sent back to."""
        return httpx.URL(httpx.get(address, trust_env=False).headers["location"])


@contextmanager
def openid_provider(redirect_uri: str) -> Iterator[Provider]:
    """Run a provider that sends browsers back to `redirect_uri` alone."""
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "tests.openid.provider", str(port), redirect_uri]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=quiet, stderr=quiet) as process:
        provider = Provider(f"http://127.0.0.1:{port}", process)
        try:
            Retrying(
                retry=retry_if_exception_type(httpx.ConnectError),
                stop=stop_after_delay(60),
                wait=wait_fixed(0.05),
            )(provider.decides)
            yield provider
        finally:
            process.terminate()
