"""The platform of the tests that send it whatever comes to mind."""

import uuid
from collections.abc import AsyncIterator

import pytest

from tests.engines import Engines
from tests.integration.interface.platform import Platform, running_platform


@pytest.fixture(scope="module")
async def platform(
    engines: Engines, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Platform]:
    """The five services and the gateway, running in this process."""
    shared = engines.settings(f"t{uuid.uuid4().hex[:10]}-")
    data_dir = tmp_path_factory.mktemp("interface")  # what is erased here is on a ledger of its own
    (data_dir / "secrets").symlink_to(shared.secrets_dir)
    settings = shared.model_copy(update={"data_dir": data_dir})
    async with running_platform(settings, (engines.smtp_host, engines.smtp_port), {}) as running:
        yield running
