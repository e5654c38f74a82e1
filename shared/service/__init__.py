"""Every service starts with one call: `create_app` wires the kernel around its own parts.

- parts: what a service is made of, and what it is given
- everybodys: what every service publishes, hears and is searched for
- wiring: the parts put together, nothing connected
- consuming: reactions and read models, with their consumer groups
- runtime: the start, the stop, and what runs in between
- application: the ASGI application
"""

from shared.service.application import create_app, describe_app
from shared.service.parts import Kernel, Part, Service
from shared.service.runtime import Runtime

__all__ = ["Kernel", "Part", "Runtime", "Service", "create_app", "describe_app"]
