"""The vault: the one place that can forget."""

from shared.vault.data_keys import DataKeys, KeyDestroyedError, KeyId, UnheldCategoryError
from shared.vault.keyring import COMPARTMENTS, Keyring, create_keyrings, load_keyring
from shared.vault.vault import ForgedValueError, Vault

__all__ = [
    "COMPARTMENTS",
    "DataKeys",
    "ForgedValueError",
    "KeyDestroyedError",
    "KeyId",
    "Keyring",
    "UnheldCategoryError",
    "Vault",
    "create_keyrings",
    "load_keyring",
]
