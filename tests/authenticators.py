"""Authenticator apps of the people in tests, whose codes serve long enough to be sent."""

from datetime import timedelta
from typing import Final

from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from deploy.authenticator import Authenticator
from shared.clock import SystemClock

ON_ITS_WAY: Final = timedelta(seconds=5)
"""How long a code still serves once it is shown."""


def app(secret: str) -> Authenticator:
    """Return an app with `secret`."""
    return Authenticator(secret, on_its_way=ON_ITS_WAY)


def code_of(authenticator: Authenticator) -> str:
    """Return a code that was not given before; a third one may have to be waited for."""
    looking = Retrying(
        retry=retry_if_result(lambda code: code is None),
        stop=stop_after_delay(2 * ON_ITS_WAY.total_seconds()),
        wait=wait_fixed(0.05),
    )
    return str(looking(lambda: authenticator.code(SystemClock().now())))
