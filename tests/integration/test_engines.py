"""The embedded engines do what the system relies on."""

from tests.engines import Engines


async def test_engines_are_ready(engines: Engines) -> None:
    assert engines.supervisor.all_ready()
