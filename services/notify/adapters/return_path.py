"""Where bounces come back to: an address with a signed message id in it, and no person (VERP)."""

import hmac
import re
from hashlib import sha256
from typing import Final
from uuid import UUID

SIGNED: Final = 16
"""Hexadecimal digits of the signature: 64 bits, within what a local part may hold (RFC 5321)."""
ID: Final = 32
TOKEN: Final = re.compile(rf"\+([0-9a-f]{{{ID + SIGNED}}})@", re.IGNORECASE)


class ReturnPaths:
    """Makes and reads the addresses that the provider sends failures to."""

    def __init__(self, secret: str, address: str) -> None:
        self._secret = hmac.new(secret.encode(), b"carionexiq.return-path", sha256).digest()
        self._local, _, self._domain = address.partition("@")
        self.address = address

    def of(self, message_id: str) -> str:
        """Return the envelope sender of one message."""
        return f"{self._local}+{self.token(message_id)}@{self._domain}"

    def token(self, message_id: str) -> str:
        """Return the signed token of a message: lower-case, since mail servers change case."""
        name = UUID(message_id).hex
        return name + self._signature(name)

    def messages_in(self, text: str) -> list[str]:
        """Return the messages whose return path stands in `text`, if we made it."""
        found = [self.read(token) for token in dict.fromkeys(TOKEN.findall(text))]
        return [message for message in found if message is not None]

    def read(self, token: str) -> str | None:
        """Return the message that `token` was made for; `None` if we did not make it."""
        name, signature = token[:ID].lower(), token[ID:].lower()
        if not hmac.compare_digest(signature.encode(), self._signature(name).encode()):
            return None
        return str(UUID(name))

    def _signature(self, name: str) -> str:
        return hmac.new(self._secret, name.encode(), sha256).hexdigest()[:SIGNED]
