"""Keyrings: the key material one process holds, given by a file or by an environment variable."""

import base64
import binascii
import os
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError

from shared.personal import Category
from shared.settings import ConfigurationError
from shared.vault.compartments import BLIND_INDEX_SERVICES, KEY_NAMES, compartment_of, key_name

KEY_BYTES: Final = 32


def _key(encoded: str) -> str:
    try:
        right = len(base64.b64decode(encoded, validate=True)) == KEY_BYTES
    except binascii.Error:
        right = False
    if not right:
        raise ValueError("a key is 32 bytes in base64")
    return encoded


def _versions(value: Any) -> Any:
    """Read a key without versions, as keyrings once had them, as the first one."""
    if not isinstance(value, dict):
        return value
    return {
        name: {f"{name}/1": one} if isinstance(one, str) else one for name, one in value.items()
    }


def _named(keys: "dict[Category, Versions]") -> "dict[Category, Versions]":
    for category, versions in keys.items():
        for version in versions:
            name, _, number = version.rpartition("/")
            if KEY_NAMES.get(name) is not category or not number.isdecimal():
                raise ValueError(f"{version} is no version of a key of {category}")
    return keys


Key = Annotated[str, AfterValidator(_key)]
"""32 bytes in base64."""

Versions = dict[str, Key]
"""Keys by version, the oldest first; new data keys are wrapped under the last."""


class Keyring(BaseModel):
    """The key material one process holds."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, extra="forbid")

    category_keys: Annotated[
        dict[Category, Versions], BeforeValidator(_versions), AfterValidator(_named)
    ]
    blind_index_key: Key | None = None

    def __repr__(self) -> str:
        return f"Keyring({sorted(self.category_keys)})"

    def key_encryption_keys(self, category: Category) -> dict[str, bytes]:
        """Return the keys of `category` by version; none outside this process's compartments."""
        versions = self.category_keys.get(category, {})
        return {version: base64.b64decode(encoded) for version, encoded in versions.items()}

    def blind_index_secret(self) -> bytes:
        """Return the key of lookup tokens.

        Raises:
            ConfigurationError: this process may not compute lookup tokens.
        """
        if self.blind_index_key is None:
            raise ConfigurationError("keyring: no blind-index key in this compartment")
        return base64.b64decode(self.blind_index_key)

    def lookups_alone(self) -> "Keyring":
        """Return the secret of lookup tokens without any key of a category."""
        return Keyring(category_keys={}, blind_index_key=self.blind_index_key)

    def of_key(self, name: str) -> Versions:
        """Return the versions of the key-encryption key called `name`."""
        versions = self.category_keys.get(KEY_NAMES[name], {})
        return {one: key for one, key in versions.items() if one.rpartition("/")[0] == name}

    def part_of(self, holder: str) -> "Keyring":
        """Return the part of this keyring that a service or a role may hold."""
        keys = {one: self.of_key(key_name(one, holder)) for one in sorted(compartment_of(holder))}
        return Keyring(
            category_keys={category: versions for category, versions in keys.items() if versions},
            blind_index_key=self.blind_index_key if holder in BLIND_INDEX_SERVICES else None,
        )


def first_version(name: str) -> str:
    """Return the version that a key has when it is made."""
    return f"{name}/1"


def next_version(versions: Versions, name: str) -> str:
    """Return the version that follows `versions` of the key `name`."""
    numbers = [int(version.rpartition("/")[2]) for version in versions]
    return f"{name}/{max(numbers, default=0) + 1}"


def load_keyring(path: Path) -> Keyring:
    """Read the keyring at `path`.

    Raises:
        ConfigurationError: it is missing, unreadable or malformed.
    """
    try:
        return Keyring.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(
            f"CARIONEXIQ_DATA_DIR: no keyring at {path} ({error.strerror})"
        ) from error
    except ValidationError as error:
        raise ConfigurationError(f"CARIONEXIQ_DATA_DIR: {path} is not a keyring") from error


def parse_keyring(text: str) -> Keyring:
    """Read the keyring that the environment gives.

    Raises:
        ConfigurationError: it is malformed; the message says where and shows no key.
    """
    try:
        return Keyring.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "the whole value"
        raise ConfigurationError(f"CARIONEXIQ_KEYRING: {where}: {first['msg']}") from None


def write_secret(path: Path, content: str) -> None:
    """Write `content` to `path` in one durable step, readable by the owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    # Data is encrypted under what is written here: the name has to survive a power cut as well.
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
