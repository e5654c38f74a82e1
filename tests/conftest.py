"""Fixtures that every kind of test may ask for; the engines start only when one does."""

import gc
from typing import Any

import pytest
from hypothesis import settings

from tests.division import Units, in_order, require_one_system
from tests.engines import engines, kernel_settings, namespace, start_service, system

# Examples are judged by what they give, never by how long they take.
_IN_FORCE = settings.get_profile(settings.get_current_profile_name())
settings.register_profile("unhurried", _IN_FORCE, deadline=None)
settings.load_profile("unhurried")

__all__ = ["engines", "kernel_settings", "namespace", "start_service", "system"]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Units:
    """Divide the tests as `tests.division` says, whatever `--dist` does."""
    return Units(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let what lasts longest begin first where several workers share the tests."""
    require_one_system(items)
    if hasattr(config, "workerinput"):
        items[:] = in_order(items)


def pytest_collection_finish() -> None:
    """Collect less often, and never what has been imported: a tenth of the time went there."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
