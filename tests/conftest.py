"""Fixtures that every kind of test may ask for; the engines start only when one does."""

from hypothesis import settings

from tests.engines import engines, kernel_settings, namespace, start_service, system

# Examples are judged by what they give, never by how long they take.
_IN_FORCE = settings.get_profile(settings.get_current_profile_name())
settings.register_profile("unhurried", _IN_FORCE, deadline=None)
settings.load_profile("unhurried")

__all__ = ["engines", "kernel_settings", "namespace", "start_service", "system"]
