"""Libraries that say the same thing many times a second say it once in a while."""

import logging
from typing import Final

SAID_AGAIN_AFTER_SECONDS: Final = 30.0
LIBRARIES: Final = ("aiokafka", "faststream", "pymongo")


class Repetitions(logging.Filter):
    """Lets a library's message through, and then not again for a while.

    Messages are the same when they were made from the same text, whatever is filled in. The next
    one that passes says how many were left out.
    """

    def __init__(self) -> None:
        super().__init__()
        self._said_at: dict[tuple[str, str], float] = {}
        self._left_out: dict[tuple[str, str], int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether `record` is to be written."""
        if record.name.partition(".")[0] not in LIBRARIES:
            return True
        message = (record.name, str(record.msg))
        said_at = self._said_at.get(message)
        if said_at is not None and record.created - said_at < SAID_AGAIN_AFTER_SECONDS:
            self._left_out[message] = self._left_out.get(message, 0) + 1
            return False
        self._said_at[message] = record.created
        if left_out := self._left_out.pop(message, 0):
            record.msg = f"{record.msg} (and {left_out} times since it was last said)"
        return True
