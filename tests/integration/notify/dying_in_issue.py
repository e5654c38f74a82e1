"""A notify service that is killed in the middle of a newsletter: `python -m` runs it."""

import os
import signal
from collections.abc import Mapping
from itertools import count
from typing import Any, Final

import uvicorn

from services.notify.application.deliver import Letter
from services.notify.application.newsletter import Newsletter
from services.notify.main import app
from shared.choices.instant import instant
from tests.waiting import eventually

SENT: Final = 7
"""Messages after which it dies."""

_left, _send = Newsletter._left, Newsletter.send
_taken = count(1)


async def _killed(self: Newsletter, *given: Any) -> Letter | None:
    letter = await _left(self, *given)
    if letter is not None and letter.state.status == "sent" and next(_taken) == SENT:
        os.kill(os.getpid(), signal.SIGKILL)
    return letter


async def _knowing(self: Newsletter) -> Mapping[str, Any]:
    """Send once what people decided is known."""
    asked, choices = instant(), app.state.runtime.kernel.choices

    async def known() -> bool:
        return bool(choices.as_of >= asked)

    await eventually(known)
    return await _send(self)


if __name__ == "__main__":
    Newsletter._left = _killed  # type: ignore[assignment, method-assign]
    Newsletter.send = _knowing  # type: ignore[method-assign]
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="error")
