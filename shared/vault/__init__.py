"""The vault: the one place that can forget."""

from shared.vault.data_keys import DataKeys, KeyDestroyedError
from shared.vault.key_id import KeyId
from shared.vault.keyring import COMPARTMENTS, Keyring, create_keyrings, load_keyring
from shared.vault.vault import ForgedValueError, Vault
from shared.vault.wrapping import KeyEncryption, KeyringEncryption, UnheldCategoryError

__all__ = [
    "COMPARTMENTS",
    "DataKeys",
    "ForgedValueError",
    "KeyDestroyedError",
    "KeyEncryption",
    "KeyId",
    "Keyring",
    "KeyringEncryption",
    "UnheldCategoryError",
    "Vault",
    "create_keyrings",
    "load_keyring",
]
