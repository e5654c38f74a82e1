"""Whether a copy of the key store can be used with the key-encryption keys there are now."""

import asyncio
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag

from deploy.backup.refusals import RestoreRefusedError
from shared.database import decoded
from shared.personal import Category
from shared.vault import COMPARTMENTS, KeyringEncryption, load_keyring
from shared.vault.key_id import KeyId
from shared.vault.wrapping import Wrapped

KEYS: Final = "vault.keys"


class KeySamples:
    """One live key of each category and version of its key-encryption key."""

    def __init__(self) -> None:
        self._samples: dict[tuple[str, str | None], dict[str, Any]] = {}

    def take(self, raw: bytes) -> None:
        """Look at one document of the key store."""
        document = decoded(raw)
        if "wrapped" in document:
            version = document.get("wrapped_under")
            self._samples.setdefault((document["category"], version), document)

    def require_openable(self, secrets_dir: Path) -> None:
        """Return when every sample can be unwrapped by some service of this installation.

        Raises:
            RestoreRefusedError: one cannot: its key-encryption key was rotated out since.
        """
        keyrings = [
            KeyringEncryption(load_keyring(secrets_dir / "keyrings" / f"{service}.json"))
            for service in COMPARTMENTS
        ]
        for (category, version), document in self._samples.items():
            key_id = KeyId.parse(document["_id"])
            wrapped = {key_id: Wrapped(document["wrapped"], version)}
            holders = [one for one in keyrings if one.holds(Category(category))]
            if not any(_opens(one, wrapped) for one in holders):
                raise RestoreRefusedError(
                    f"this copy's keys of {category} are wrapped under a key-encryption key that "
                    "was rotated out since: restore with --keep-keys, or a copy made afterwards"
                )


def _opens(encryption: KeyringEncryption, wrapped: dict[KeyId, Wrapped]) -> bool:
    try:
        asyncio.run(encryption.unwrap(wrapped))
    except (InvalidTag, LookupError):
        return False
    return True
