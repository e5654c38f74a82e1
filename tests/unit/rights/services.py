"""The five services, wired with their real routes and connected to nothing."""

import asyncio
import runpy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from fastapi import FastAPI

from deploy.cli.secrets import link_secret, prepare_secrets
from shared.clock import SystemClock
from shared.service import describe_app
from shared.topics import SERVICES
from tests.callers import Callers


@asynccontextmanager
async def wired_services(folder: Path) -> AsyncIterator[tuple[dict[str, FastAPI], Callers]]:
    """Yield the applications by name, and who issues tokens that they accept."""
    secrets = folder / "secrets"
    prepare_secrets(secrets)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CARIONEXIQ_DATA_DIR", str(folder))
        patched.setenv("CARIONEXIQ_LINK_SECRET", link_secret(secrets))
        patched.setenv("CARIONEXIQ_LOG_LEVEL", "ERROR")
        patched.setenv("MONGODB_URI", "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=1")
        # Run afresh, not imported: a module stays, and would keep what this folder's secrets are.
        apps = {name: runpy.run_module(f"services.{name}.main")["app"] for name in SERVICES}
    runtimes = [await describe_app(app) for app in apps.values()]
    yield apps, Callers(secrets, SystemClock())
    await asyncio.gather(*(runtime.stop() for runtime in runtimes))
