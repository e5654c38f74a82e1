"""Signed tokens by which an answer to our mail finds its request: an opaque id, no address."""

import hmac
from hashlib import sha256
from typing import Final
from uuid import UUID

SIGNED: Final = 16
"""Hexadecimal digits of the signature: 64 bits, within what a local part may hold (RFC 5321)."""
ID: Final = 32


class ThreadTokens:
    """Makes and reads tokens; they never expire, and what they lead to does."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def token(self, request_id: str) -> str:
        """Return the token of a request: lower-case, since mail programs may change case."""
        name = UUID(request_id).hex
        return name + self._signature(name)

    def read(self, token: str) -> str | None:
        """Return the request that `token` was made for; `None` if we did not make it."""
        name, signature = token[:ID].lower(), token[ID:].lower()
        if not hmac.compare_digest(signature.encode(), self._signature(name).encode()):
            return None
        return str(UUID(name))

    def _signature(self, name: str) -> str:
        return hmac.new(self._secret, b"thread:" + name.encode(), sha256).hexdigest()[:SIGNED]
