"""The key that signs certificates of erasure (Ed25519), and checking what it signed."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from shared.settings import ConfigurationError
from shared.vault.keyring import write_secret

FILE: Final = "retention-certificates.key.pem"


class NoSuchKeyError(Exception):
    """A file holds no Ed25519 key; the message names it."""


class CertificateKey:
    """Signs certificates; the private key never leaves the folder of secrets."""

    def __init__(self, secrets_dir: Path) -> None:
        """Read the key in `secrets_dir`, creating it the first time.

        Raises:
            ConfigurationError: the file is there but is not such a key.
        """
        path = secrets_dir / FILE
        if not path.exists():
            created = Ed25519PrivateKey.generate()
            pem = created.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            write_secret(path, pem.decode())
        try:
            key = load_pem_private_key(path.read_bytes(), password=None)
        except ValueError as error:
            raise ConfigurationError(f"CARIONEXIQ_DATA_DIR: {path} is not a key") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise ConfigurationError(f"CARIONEXIQ_DATA_DIR: {path} is not an Ed25519 key")
        self.private = key
        self.key_id = key_id_of(key.public_key())

    def sign(self, certificate: dict[str, Any]) -> str:
        """Return the base64 signature over the canonical JSON of `certificate`."""
        return base64.b64encode(self.private.sign(canonical(certificate))).decode()

    def public_pem(self) -> str:
        """Return the public key, with which anybody can check a certificate."""
        public = self.private.public_key()
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def is_genuine(self, certificate: dict[str, Any], signature: str) -> bool:
        """Whether `signature` is this key's over `certificate`."""
        return is_genuine(self.private.public_key(), certificate, signature)


def read_public_key(path: Path) -> Ed25519PublicKey:
    """Return the public key in the PEM file `path`, which may hold the private one too.

    Raises:
        NoSuchKeyError: it cannot be read, or holds no Ed25519 key.
    """
    try:
        content = path.read_bytes()
        key = (
            load_pem_private_key(content, password=None).public_key()
            if b"PRIVATE KEY" in content
            else load_pem_public_key(content)
        )
    except OSError as error:
        raise NoSuchKeyError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise NoSuchKeyError(f"{path}: not a key in PEM") from error
    if not isinstance(key, Ed25519PublicKey):
        raise NoSuchKeyError(f"{path}: not an Ed25519 key")
    return key


def key_id_of(key: Ed25519PublicKey) -> str:
    """Return what certificates call `key`: the beginning of its digest."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:16]


def canonical(certificate: dict[str, Any]) -> bytes:
    """Return the bytes that are signed: JSON with sorted keys, without spaces, in UTF-8."""
    return json.dumps(
        certificate, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()


def is_genuine(key: Ed25519PublicKey, certificate: dict[str, Any], signature: str) -> bool:
    """Whether `signature` is that of `key` over `certificate`."""
    try:
        key.verify(base64.b64decode(signature), canonical(certificate))
    except (InvalidSignature, ValueError):
        return False
    return True
