"""Fixtures that every kind of test may ask for; the engines start only when one does."""

from tests.engines import engines, kernel_settings, namespace, start_service, system

__all__ = ["engines", "kernel_settings", "namespace", "start_service", "system"]
