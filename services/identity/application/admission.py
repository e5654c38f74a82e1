"""How many sign-ins are under way at once: the others are told to come back, at hardly any cost.

What waits for a hash holds a connection, reads the stores and keeps rightful people waiting behind
it. A browser that the account was signed in on before is admitted always, and hashed first.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

COME_BACK_SECONDS: Final = 5


class SignInsBusyError(Exception):
    """Too many sign-ins are under way; nothing was looked up, so it says nothing of accounts."""

    def __init__(self) -> None:
        super().__init__("busy")
        self.details = {"retry_after": COME_BACK_SECONDS}


class Admission:
    """Counts who is inside."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._inside = 0

    @contextmanager
    def admitted(self) -> Iterator[None]:
        """Be inside as long as the block lasts.

        Raises:
            SignInsBusyError: there is no room.
        """
        if self._inside >= self._most:
            raise SignInsBusyError
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1
