"""The authenticator app of an invented person: it shows codes (RFC 6238), none of them twice."""

from datetime import datetime, timedelta

import pyotp


class Authenticator:
    """Shows the codes of one secret."""

    def __init__(self, secret: str, *, on_its_way: timedelta = timedelta()) -> None:
        """Show the codes of `secret` that still serve after `on_its_way`."""
        self.secret = secret
        self._on_its_way = on_its_way
        self._totp = pyotp.TOTP(secret)
        self._shown = 0

    def code(self, now: datetime) -> str | None:
        """Return a code that serves at `now` and was not shown before, `None` until there is one.

        Services take the codes of the time steps before and after as well: three at one instant.
        """
        # The step before the present one stops serving when the present one is over.
        earliest = self._totp.timecode(now + self._on_its_way) - 1
        step = max(earliest, self._shown + 1)
        if step > self._totp.timecode(now) + 1:
            return None
        self._shown = step
        return self._totp.generate_otp(step)


def present_code(secret: str, now: datetime) -> str:
    """Return the code that an app shows at `now`."""
    return pyotp.TOTP(secret).at(now)
