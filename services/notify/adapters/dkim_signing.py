"""DKIM signatures (RFC 6376): who receives a message can tell that it is ours and unchanged."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import dkim
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from services.notify.settings import NotifySettings
from shared.settings import ConfigurationError

SIGNED: Final = (
    b"from", b"to", b"subject", b"date", b"message-id", b"reply-to", b"in-reply-to",
    b"references", b"mime-version", b"content-type", b"auto-submitted",
    b"list-unsubscribe", b"list-unsubscribe-post", b"cfbl-address", b"cfbl-feedback-id",
)  # fmt: skip
SMALLEST_KEY: Final = 2048
"""Bits (RFC 8301)."""

_KEYS: Final[dict[int, rsa.RSAPrivateKey]] = {}
"""Keys of this process by modulus."""


class DkimSigner:
    """Signs messages with the key of one domain and selector."""

    def __init__(self, key: rsa.RSAPrivateKey, selector: str, domain: str) -> None:
        self.pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        self._selector = selector.encode()
        self._domain = domain.encode()
        _KEYS[key.private_numbers().public_numbers.n] = key

    @classmethod
    def of(cls, settings: NotifySettings) -> "DkimSigner | None":
        """Return the signer that `settings` ask for, if they do.

        Raises:
            ConfigurationError: there is no such key, or it is none to sign with.
        """
        if settings.dkim_key_file is None:
            return None
        try:
            key = load_pem_private_key(settings.dkim_key_file.read_bytes(), password=None)
        except (OSError, ValueError, TypeError) as error:
            reason = type(error).__name__
            raise ConfigurationError(f"CARIONEXIQ_DKIM_KEY_FILE: {reason}") from error
        if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < SMALLEST_KEY:
            raise ConfigurationError("CARIONEXIQ_DKIM_KEY_FILE: an RSA key of 2048 bits or more")
        return cls(key, settings.dkim_selector, settings.mail_from.partition("@")[2])

    def signed(self, content: bytes) -> bytes:
        """Return `content` with its signature before it."""
        headers, end, body = content.partition(b"\r\n\r\n")
        # Taken apart here: the library would look at every line of the body.
        message = dkim.DKIM()
        message.headers, _ = dkim.rfc822_parse(headers + end)
        message.body = body
        signature: bytes = message.sign(
            self._selector,
            self._domain,
            self.pem,
            # Quoted-printable has no blanks at the ends of lines, and none that anybody folds.
            canonicalize=(b"relaxed", b"simple"),
            include_headers=list(SIGNED),
        )
        return signature + content


def _sign(digest: Any, numbers: Mapping[str, int]) -> bytes:
    """Sign what dkimpy has hashed, by OpenSSL."""
    key = _KEYS[numbers["modulus"]]
    return key.sign(digest.digest(), padding.PKCS1v15(), Prehashed(hashes.SHA256()))


# dkimpy computes RSA in Python, ten times as long as all the rest of a message takes.
dkim.RSASSA_PKCS1_v1_5_sign = _sign
dkim.parse_pem_private_key = lru_cache(maxsize=4)(dkim.parse_pem_private_key)
"""Read once: it is taken apart in Python, too."""
