"""Wrapping data keys under key-encryption keys: the interface that every provider has."""

import os
from collections.abc import Mapping
from typing import Final, NamedTuple, Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.personal import Category
from shared.vault.key_id import KeyId
from shared.vault.keyring import Keyring

NONCE_BYTES: Final = 12


class UnheldCategoryError(Exception):
    """This process does not hold the key-encryption key of the category."""


class Wrapped(NamedTuple):
    """A data key as it is stored."""

    data: bytes
    under: str | None
    """The version of the key-encryption key; `None` where it was not recorded."""


class KeyEncryption(Protocol):
    """The key-encryption keys that one process may use."""

    def holds(self, category: Category) -> bool:
        """Whether this process can wrap and unwrap data keys of `category`."""

    async def wrap(self, keys: Mapping[KeyId, bytes]) -> dict[KeyId, Wrapped]:
        """Wrap `keys` under the current versions, bound to their scopes.

        Raises:
            UnheldCategoryError: one belongs to a category outside this process's compartments.
        """

    async def unwrap(self, wrapped: Mapping[KeyId, Wrapped]) -> dict[KeyId, bytes]:
        """Return the data keys in `wrapped`.

        Raises:
            UnheldCategoryError: one belongs to a category outside this process's compartments.
        """


class KeyringEncryption:
    """Key-encryption keys out of a keyring: AES-256-GCM in this process."""

    def __init__(self, keyring: Keyring) -> None:
        self._wrappers = {
            category: AESGCM(key)
            for category in Category
            if (key := keyring.key_encryption_key(category)) is not None
        }

    def holds(self, category: Category) -> bool:
        """Whether the keyring has a key of `category`."""
        return category in self._wrappers

    async def wrap(self, keys: Mapping[KeyId, bytes]) -> dict[KeyId, Wrapped]:
        """Wrap `keys`; see `KeyEncryption.wrap`."""
        return {key_id: self._wrap(key_id, key) for key_id, key in keys.items()}

    async def unwrap(self, wrapped: Mapping[KeyId, Wrapped]) -> dict[KeyId, bytes]:
        """Unwrap `wrapped`; see `KeyEncryption.unwrap`."""
        return {key_id: self._unwrap(key_id, one.data) for key_id, one in wrapped.items()}

    def _wrap(self, key_id: KeyId, key: bytes) -> Wrapped:
        nonce = os.urandom(NONCE_BYTES)
        cipher = self._wrapper(key_id.category).encrypt(nonce, key, key_id.text().encode())
        return Wrapped(nonce + cipher, None)

    def _unwrap(self, key_id: KeyId, data: bytes) -> bytes:
        return self._wrapper(key_id.category).decrypt(
            data[:NONCE_BYTES], data[NONCE_BYTES:], key_id.text().encode()
        )

    def _wrapper(self, category: Category) -> AESGCM:
        try:
            return self._wrappers[category]
        except KeyError:
            raise UnheldCategoryError(category) from None
