"""Devices that an account was signed in on before: a cookie that proves it and names nobody.

After OWASP's "device cookies": attempts from a known device are counted apart, so that nobody
who attacks an account from elsewhere slows its owner down.
"""

import hmac
import secrets
from hashlib import sha256

from shared.events.base import SubjectId


class Devices:
    """Makes and recognises device tokens; nothing is stored."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def token(self, subject: SubjectId) -> str:
        """Return a token for a device on which `subject` has just shown who they are."""
        device = secrets.token_urlsafe(16)
        return f"{device}.{self._proof(device, subject)}"

    def known(self, token: str | None, subject: SubjectId) -> str | None:
        """Return the id of the device when `token` was made for `subject`, else `None`."""
        device, _, proof = (token or "").partition(".")
        if device and hmac.compare_digest(proof.encode(), self._proof(device, subject).encode()):
            return device
        return None

    def _proof(self, device: str, subject: SubjectId) -> str:
        message = f"device|{device}|{subject}".encode()
        return hmac.new(self._secret, message, sha256).hexdigest()
