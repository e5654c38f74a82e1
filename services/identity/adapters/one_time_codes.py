"""Time-based one-time passwords (RFC 6238), as every authenticator app makes them: pyotp."""

import hmac
from datetime import datetime
from typing import Final

import pyotp

ISSUER: Final = "carionexiq"
WINDOW: Final = 1
"""Time steps that a clock may be behind or ahead."""
PERIOD: Final = 30
"""Seconds of one time step."""


def new_secret() -> str:
    """Return a random secret of 160 bits in base 32, as RFC 4226 recommends."""
    return pyotp.random_base32()


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """Return the time step that `code` was made in, `None` where it is of none near `now`."""
    totp = pyotp.TOTP(secret, interval=PERIOD)
    present = totp.timecode(now)
    for step in range(present - WINDOW, present + WINDOW + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode()):
            return step
    return None


def enrolment_uri(secret: str, account: str) -> str:
    """Return the `otpauth://` address that authenticator apps read, `account` as its label."""
    return pyotp.TOTP(secret, interval=PERIOD).provisioning_uri(name=account, issuer_name=ISSUER)
