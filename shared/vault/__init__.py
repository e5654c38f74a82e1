"""The vault: the one place that can forget."""

from shared.vault.data_keys import DataKeys, KeyClosedError, KeyDestroyedError, KeyDisabledError
from shared.vault.key_id import KeyId
from shared.vault.keyring import COMPARTMENTS, Keyring, create_keyrings, load_keyring
from shared.vault.tombstones import KeyState
from shared.vault.vault import ForgedValueError, Vault
from shared.vault.wrapping import KeyEncryption, KeyringEncryption, UnheldCategoryError

__all__ = [
    "COMPARTMENTS",
    "DataKeys",
    "ForgedValueError",
    "KeyClosedError",
    "KeyDestroyedError",
    "KeyDisabledError",
    "KeyEncryption",
    "KeyId",
    "KeyState",
    "Keyring",
    "KeyringEncryption",
    "UnheldCategoryError",
    "Vault",
    "create_keyrings",
    "load_keyring",
]
