"""The provider of key-encryption keys that the settings choose."""

from pathlib import Path
from typing import NamedTuple, assert_never

from shared.settings import ConfigurationError, KeyProvider, Settings
from shared.vault.compartments import BLIND_INDEX_SERVICES, ROLE_COMPARTMENTS
from shared.vault.environment_keys import EnvironmentKeys
from shared.vault.keyring import Keyring, load_keyring, parse_keyring
from shared.vault.keyring_encryption import KeyringEncryption, KeyringFile
from shared.vault.keyring_files import KeyringFiles
from shared.vault.kms import Kms, KmsEncryption, KmsKeys
from shared.vault.wrapping import KeyEncryption, KeyEncryptionKeys


class KeyMaterial(NamedTuple):
    """What one process has of keys."""

    keyring: Keyring
    """Holds the secret of lookup tokens, whatever the provider, and no key that may be retired."""
    encryption: KeyEncryption


def key_material(settings: Settings, holder: str) -> KeyMaterial:
    """Return what `holder` has of keys: a service, or a process that works for one role.

    Raises:
        ConfigurationError: they are missing or malformed; one line that names the setting.
    """
    match settings.key_provider:
        case KeyProvider.FILE:
            file = KeyringFile(_file_of(settings, holder))
            encryption = KeyringEncryption(file.keyring, file.reread)
            return KeyMaterial(file.keyring.lookups_alone(), encryption)
        case KeyProvider.ENVIRONMENT:
            keyring = environment_keyring(settings)
            return KeyMaterial(keyring.lookups_alone(), KeyringEncryption(keyring))
        case KeyProvider.AWS_KMS:
            keyring = _without_category_keys(settings, holder)
            return KeyMaterial(keyring, KmsEncryption(Kms(settings), holder))
        case _:
            assert_never(settings.key_provider)


def all_keys(settings: Settings) -> KeyEncryptionKeys:
    """Return every key-encryption key of the system, for who looks after them.

    Raises:
        ConfigurationError: they are missing or malformed; one line that names the setting.
    """
    match settings.key_provider:
        case KeyProvider.FILE:
            return keyring_files(settings)
        case KeyProvider.ENVIRONMENT:
            return EnvironmentKeys(environment_keyring(settings))
        case KeyProvider.AWS_KMS:
            return KmsKeys(Kms(settings))
        case _:
            assert_never(settings.key_provider)


def keyring_files(settings: Settings) -> KeyringFiles:
    """Return the folder of keyrings; with AWS KMS it holds the secret of lookup tokens alone."""
    return KeyringFiles(
        _folder(settings), with_category_keys=settings.key_provider is KeyProvider.FILE
    )


def environment_keyring(settings: Settings) -> Keyring:
    """Return the keyring that the environment gives.

    Raises:
        ConfigurationError: there is none, or it is malformed.
    """
    if settings.keyring is None:
        raise ConfigurationError(
            "CARIONEXIQ_KEYRING: needed with CARIONEXIQ_KEY_PROVIDER=environment"
        )
    return parse_keyring(settings.keyring.get_secret_value())


def _file_of(settings: Settings, holder: str) -> Path:
    if holder in ROLE_COMPARTMENTS:
        return settings.role_keyring_file(holder)
    return settings.keyring_file(holder)


def _without_category_keys(settings: Settings, holder: str) -> Keyring:
    if holder not in BLIND_INDEX_SERVICES:
        return Keyring(category_keys={})
    if settings.keyring is not None:
        return environment_keyring(settings)
    return load_keyring(settings.keyring_file(holder))


def _folder(settings: Settings) -> Path:
    return settings.secrets_dir / "keyrings"
