"""The vault: the one place that can forget."""

from shared.vault.access import (
    Access,
    CategoryNotAllowedError,
    Reader,
    RestrictedError,
    allows,
    current_access,
    limited_to,
    own_work,
)
from shared.vault.compartments import COMPARTMENTS
from shared.vault.data_keys import DataKeys, KeyClosedError, KeyDestroyedError, KeyDisabledError
from shared.vault.key_id import KeyId
from shared.vault.keyring import Keyring, load_keyring
from shared.vault.keyring_encryption import KeyringEncryption
from shared.vault.keyring_files import create_keyrings
from shared.vault.tombstones import KeyState
from shared.vault.vault import ForgedValueError, Opened, Vault
from shared.vault.wrapping import KeyEncryption, KeysUnavailableError, UnheldCategoryError

__all__ = [
    "COMPARTMENTS",
    "Access",
    "CategoryNotAllowedError",
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
    "KeysUnavailableError",
    "Opened",
    "Reader",
    "RestrictedError",
    "UnheldCategoryError",
    "Vault",
    "allows",
    "create_keyrings",
    "current_access",
    "limited_to",
    "load_keyring",
    "own_work",
]
