"""Wrapping with the keys of a keyring: AES-256-GCM in this process."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.personal import Category
from shared.settings import ConfigurationError
from shared.vault.key_id import KeyId
from shared.vault.keyring import Keyring, Versions, load_keyring
from shared.vault.wrapping import (
    NONCE_BYTES,
    KeysUnavailableError,
    UnheldCategoryError,
    UnknownVersionError,
    Wrapped,
)

Reread = Callable[[], Keyring | None]


class KeyringFile:
    """A keyring's file, read again when it has been replaced."""

    def __init__(self, path: Path) -> None:
        """Read the keyring.

        Raises:
            ConfigurationError: it is missing, unreadable or malformed.
        """
        self._path = path
        self._stamp = self._now()
        self.keyring = load_keyring(path)

    def reread(self) -> Keyring | None:
        """Return the keyring when its file is another than last time, else `None`.

        Raises:
            KeysUnavailableError: it cannot be read.
        """
        stamp = self._now()
        if stamp is None or stamp == self._stamp:
            return None
        try:
            self.keyring = load_keyring(self._path)
        except ConfigurationError as error:
            raise KeysUnavailableError(str(error)) from error
        self._stamp = stamp
        return self.keyring

    def _now(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns


class KeyringEncryption:
    """Key-encryption keys out of a keyring.

    The keyring is asked at each use, and by `refresh` between uses, whether it has been replaced: a
    new version is taken up, and one that was withdrawn is dropped, without a restart.
    """

    def __init__(self, keyring: Keyring, reread: Reread = lambda: None) -> None:
        self._reread = reread
        self._wrappers = _wrappers(keyring)

    def holds(self, category: Category) -> bool:
        """Whether the keyring has a key of `category`."""
        return category in self._wrappers

    async def wrap(self, keys: Mapping[KeyId, bytes]) -> dict[KeyId, Wrapped]:
        """Wrap `keys`; see `KeyEncryption.wrap`."""
        self.refresh()
        return {key_id: self._wrap(key_id, key) for key_id, key in keys.items()}

    async def unwrap(self, wrapped: Mapping[KeyId, Wrapped]) -> dict[KeyId, bytes]:
        """Unwrap `wrapped`; see `KeyEncryption.unwrap`."""
        self.refresh()
        return {key_id: self._unwrap(key_id, one) for key_id, one in wrapped.items()}

    def refresh(self) -> None:
        """Take up the keyring if it has been replaced; see `KeyEncryption.refresh`."""
        if (keyring := self._reread()) is not None:
            self._wrappers = _wrappers(keyring)

    def close(self) -> None:
        """Nothing is open."""

    def _wrap(self, key_id: KeyId, key: bytes) -> Wrapped:
        versions = self._versions(key_id.category)
        current = next(reversed(versions))
        nonce = os.urandom(NONCE_BYTES)
        cipher = versions[current].encrypt(nonce, key, key_id.text().encode())
        return Wrapped(nonce + cipher, current)

    def _unwrap(self, key_id: KeyId, wrapped: Wrapped) -> bytes:
        versions = self._versions(key_id.category)
        under = next(iter(versions)) if wrapped.under is None else wrapped.under
        if under not in versions:
            raise UnknownVersionError(f"no version {under} in this process's keyring")
        nonce, cipher = wrapped.data[:NONCE_BYTES], wrapped.data[NONCE_BYTES:]
        try:
            return versions[under].decrypt(nonce, cipher, key_id.text().encode())
        except InvalidTag:
            error = UnknownVersionError if wrapped.under is None else KeysUnavailableError
            raise error(f"a data key does not open under {under}") from None

    def _versions(self, category: Category) -> dict[str, AESGCM]:
        try:
            return self._wrappers[category]
        except KeyError:
            raise UnheldCategoryError(category) from None


async def rewrapped(
    category: Category, versions: Versions, wrapped: Mapping[KeyId, Wrapped]
) -> dict[KeyId, Wrapped]:
    """Return `wrapped`, wrapped under the last of `versions`."""
    encryption = KeyringEncryption(Keyring(category_keys={category: versions}))
    return await encryption.wrap(await encryption.unwrap(wrapped))


def _wrappers(keyring: Keyring) -> dict[Category, dict[str, AESGCM]]:
    return {
        category: {version: AESGCM(key) for version, key in keys.items()}
        for category in keyring.category_keys
        if (keys := keyring.key_encryption_keys(category))
    }
