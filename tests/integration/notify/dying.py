"""A notify service that is killed between the provider's 250 and the mark: `python -m` runs it."""

import os
import signal
from typing import Any

import uvicorn

from services.notify.application.deliver import Dispatcher, Held
from services.notify.domain.commands import MessageCommand, ReportSent
from services.notify.main import app

_recorded = Dispatcher._recorded


async def _killed(self: Dispatcher, held: Held, command: MessageCommand) -> Any:
    if isinstance(command, ReportSent):
        os.kill(os.getpid(), signal.SIGKILL)
    return await _recorded(self, held, command)


if __name__ == "__main__":
    Dispatcher._recorded = _killed  # type: ignore[method-assign]
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="error")
