"""Recovery codes: random enough that a keyed hash is all they need (ASVS 6.5.2)."""

import base64
import hmac
import secrets
from hashlib import sha256
from typing import Final

from shared.events.base import SubjectId

COUNT: Final = 10
BYTES: Final = 10
"""80 bits: 16 letters and digits, in groups of four."""
GROUP: Final = 4


class RecoveryCodes:
    """Makes recovery codes and hashes them under a key."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def make(self) -> list[str]:
        """Return ten new codes, to be shown once."""
        return [
            _written(base64.b32encode(secrets.token_bytes(BYTES)).decode()) for _ in range(COUNT)
        ]

    def hash(self, account_id: SubjectId, code: str) -> str:
        """Return what is kept of `code`; case and separators do not count."""
        message = f"recovery-code|{account_id}|{plain(code)}".encode()
        return hmac.new(self._secret, message, sha256).hexdigest()


def plain(code: str) -> str:
    """Return `code` without the separators that people type."""
    return "".join(code.split()).replace("-", "").upper()


def _written(code: str) -> str:
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))
