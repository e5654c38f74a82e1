"""Engines for commands that work while nothing, or only the engines, may run."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import httpx

from deploy.cli.failures import CommandError, ExitCode
from deploy.cli.settings import SystemSettings
from deploy.cli.system import embedded_engines
from shared.engines import RunFile, Supervisor
from shared.topics import SERVICES

ANSWERS_WITHIN_SECONDS: Final = 2.0


def require_stopped(settings: SystemSettings) -> None:
    """Return when no service runs.

    Raises:
        CommandError: one does.
    """
    for service in (*SERVICES, "gateway"):
        try:
            httpx.get(
                f"{settings.service_url(service)}/health/live",
                timeout=ANSWERS_WITHIN_SECONDS,
                trust_env=False,
            )
        except httpx.ConnectError:
            continue
        except httpx.HTTPError:
            pass
        raise CommandError(
            f"{service} runs: stop every service first (`carionexiq down`)", ExitCode.WRONG_STATE
        )


@contextmanager
def engines(settings: SystemSettings) -> Iterator[None]:
    """Run the engines that are ours to run and that do not run already."""
    embedded = embedded_engines(settings)
    if not embedded or RunFile(settings.data_dir.absolute()).live() is not None:
        yield
        return
    with Supervisor(settings.data_dir.absolute(), [embedded]):
        yield
