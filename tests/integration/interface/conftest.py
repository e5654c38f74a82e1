"""The platform of the tests that send it whatever comes to mind."""

import uuid
from collections.abc import AsyncIterator

import pytest

from tests.engines import Engines
from tests.integration.interface.platform import Platform, running_platform


@pytest.fixture(scope="session")
async def platform(engines: Engines) -> AsyncIterator[Platform]:
    """The five services and the gateway, running in this process."""
    settings = engines.settings(f"t{uuid.uuid4().hex[:10]}-")
    async with running_platform(settings, (engines.smtp_host, engines.smtp_port), {}) as running:
        yield running
