"""The keys of backups: one to seal them for, one to open them, one that says they are ours.

Whoever makes a backup needs the recipient and the signing key alone. The identity opens every
backup there is, so it belongs in a safe; it is needed here to restore and to look inside.
"""

import base64
from pathlib import Path
from typing import Final

import pyrage
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from shared.settings import ConfigurationError
from shared.vault.keyring import write_secret

FOLDER: Final = "backup"
IDENTITY: Final = "identity.age"
RECIPIENT: Final = "recipient.txt"
SIGNING: Final = "signing.key.pem"


def prepare_backup_keys(secrets_dir: Path) -> None:
    """Create what is missing; an identity that was taken to a safe is not replaced."""
    folder = secrets_dir / FOLDER
    if not (folder / RECIPIENT).exists():
        identity = pyrage.x25519.Identity.generate()
        write_secret(folder / IDENTITY, f"{identity}\n")
        write_secret(folder / RECIPIENT, f"{identity.to_public()}\n")
    if not (folder / SIGNING).exists():
        key = Ed25519PrivateKey.generate()
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        write_secret(folder / SIGNING, pem.decode())


class BackupKeys:
    """The keys of this installation's backups."""

    def __init__(self, secrets_dir: Path) -> None:
        """Read them.

        Raises:
            ConfigurationError: the recipient or the signing key is missing or malformed.
        """
        self._folder = secrets_dir / FOLDER
        try:
            text = (self._folder / RECIPIENT).read_text().strip()
            self.recipient = pyrage.x25519.Recipient.from_str(text)
            pem = (self._folder / SIGNING).read_bytes()
            key = load_pem_private_key(pem, password=None)
        except OSError as error:
            raise ConfigurationError(
                f"CARIONEXIQ_DATA_DIR: no {error.filename}: put the folder of secrets back from "
                "your safe"
            ) from error
        except (ValueError, pyrage.RecipientError) as error:
            raise ConfigurationError(
                f"CARIONEXIQ_DATA_DIR: {self._folder} holds no backup keys"
            ) from error
        if not isinstance(key, Ed25519PrivateKey):
            raise ConfigurationError(f"CARIONEXIQ_DATA_DIR: {SIGNING} is not an Ed25519 key")
        self._signing = key

    def identity(self) -> pyrage.x25519.Identity | None:
        """Return what opens backups, or `None` while it is in its safe."""
        try:
            text = (self._folder / IDENTITY).read_text().strip()
        except FileNotFoundError:
            return None
        try:
            return pyrage.x25519.Identity.from_str(text)
        except pyrage.IdentityError as error:
            path = self._folder / IDENTITY
            raise ConfigurationError(f"CARIONEXIQ_DATA_DIR: {path} is no age identity") from error

    def sign(self, content: bytes) -> str:
        """Return the base64 signature over `content`."""
        return base64.b64encode(self._signing.sign(content)).decode()

    def signed(self, content: bytes, signature: str) -> bool:
        """Whether `signature` is this installation's over `content`."""
        try:
            self._signing.public_key().verify(base64.b64decode(signature), content)
        except (InvalidSignature, ValueError):
            return False
        return True
