"""One of our own services as a process of its own."""

import sys
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final

import httpx

from shared.engines.managed import Managed, NotReadyError, Report
from shared.engines.ports import LOOPBACK

PROCESS: Final = {"PYTHONUNBUFFERED": "1", "MALLOC_ARENA_MAX": "2"}
"""Variables of every service: more arenas of glibc keep what other threads have freed."""
EVERY_SERVICE_IMPORTS: Final = (
    "shared.service",
    "uvicorn.main",
    "uvicorn.lifespan.on",
    "uvicorn.loops.uvloop",
    "shared.http.patient",
    "uvicorn.protocols.websockets.auto",
    "pydantic.v1",  # by FastAPI, at its first route
)
"""What a fork server imports once for all of them."""


class ServiceProcess(Managed):
    """`uvicorn services.<name>.main:app`, ready when `/health/ready` says so."""

    ready_within = 90.0
    # Requests get four seconds, what a service holds eight.
    stops_within = 15.0

    def __init__(self, name: str, *, port: int, environment: Mapping[str, str]) -> None:
        """Describe the service `name`, listening on `port`, with these settings."""
        self.name = name
        self._port = port
        self._environment = dict(environment)
        self.ports = {port: f"CARIONEXIQ_{name.upper()}_PORT"}

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{LOOPBACK}:{self._port}"

    def prepare(self, report: Report) -> None:
        """Nothing: a service prepares itself when it starts."""

    def command(self) -> Sequence[str]:
        """Return the command line of the service."""
        return [sys.executable, "-m", *self.forked()]

    def forked(self) -> Sequence[str]:
        """Return uvicorn's module and its arguments."""
        return [
            *("uvicorn", self.application()),
            *("--host", LOOPBACK, "--port", str(self._port)),
            *("--http", "shared.http.patient:PatientProtocol"),
            *("--no-access-log", "--log-level", "warning", "--timeout-graceful-shutdown", "4"),
        ]

    def application(self) -> str:
        """Return what uvicorn imports."""
        return f"services.{self.name}.main:app"

    def environment(self) -> Mapping[str, str]:
        """Return the settings of the service as variables."""
        return {**PROCESS, **self._environment}

    def probe(self) -> None:
        """Ask whether the service makes progress, not only whether it answers."""
        try:
            answer = httpx.get(f"{self.url}/health/ready", timeout=5, trust_env=False)
        except httpx.HTTPError as error:
            raise NotReadyError(type(error).__name__) from error
        if answer.status_code != HTTPStatus.OK:
            raise NotReadyError(f"answers {answer.status_code}")
