"""Whoever sits at an open session shows that it is theirs: the present password is asked again."""

from services.identity.adapters.passwords import Passwords
from services.identity.application.throttle import Throttle
from services.identity.domain.errors import WrongPasswordError
from shared.events.base import SubjectId
from shared.personal import Personal


class PresentPassword:
    """Checks the password of who is signed in; guesses are counted."""

    def __init__(self, passwords: Passwords, throttle: Throttle) -> None:
        self._passwords = passwords
        self._throttle = throttle

    async def require(
        self,
        subject: SubjectId,
        given: str,
        hashed: Personal[str] | None,
        field: str = "current_password",
    ) -> None:
        """Return when `given`, in `field`, is the password of `subject`, whose hash is `hashed`.

        Raises:
            ThrottledError: it was guessed at too often.
            WrongPasswordError: it is not, or there is none any more.
        """
        async with self._throttle.present_password(subject):
            if not (await self._passwords.verify(given, readable(hashed), first=True)).right:
                raise WrongPasswordError(field)


def readable(hashed: Personal[str] | None) -> str | None:
    """Return the hash, or `None` where there is none or it has been erased."""
    return None if hashed is None or hashed.is_erased else hashed.text()
