"""Wrapping data keys under key-encryption keys: the interface that every provider has."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Final, NamedTuple, Protocol

from shared.personal import Category
from shared.vault.key_id import KeyId

NONCE_BYTES: Final = 12


class UnheldCategoryError(Exception):
    """This process does not hold the key-encryption key of the category."""


class KeysUnavailableError(Exception):
    """A key-encryption key cannot be used at this moment: nothing is lost, and nothing is erased.

    The message is one line for operators, without personal data.
    """


class UnknownVersionError(KeysUnavailableError):
    """A data key is wrapped under a version that this process does not have."""


class RotationRunningError(Exception):
    """Another process rotates the keys at this moment."""


class Wrapped(NamedTuple):
    """A data key as it is stored."""

    data: bytes
    under: str | None
    """The version of the key-encryption key; `None` stands for the first one."""


class KeyEncryption(Protocol):
    """The key-encryption keys that one process may use."""

    def holds(self, category: Category) -> bool:
        """Whether this process can wrap and unwrap data keys of `category`."""

    async def wrap(self, keys: Mapping[KeyId, bytes]) -> dict[KeyId, Wrapped]:
        """Wrap `keys` under the current versions, bound to their scopes.

        Raises:
            UnheldCategoryError: one belongs to a category outside this process's compartments.
            KeysUnavailableError: a key-encryption key cannot be used now.
        """

    async def unwrap(self, wrapped: Mapping[KeyId, Wrapped]) -> dict[KeyId, bytes]:
        """Return the data keys in `wrapped`.

        Raises:
            UnheldCategoryError: one belongs to a category outside this process's compartments.
            UnknownVersionError: one is wrapped under a version that this process does not have.
            KeysUnavailableError: a key-encryption key cannot be used now.
        """

    def refresh(self) -> None:
        """Let go of what this process has in memory and must not have any more.

        Raises:
            KeysUnavailableError: whether there is such a thing cannot be told now.
        """

    def close(self) -> None:
        """Let go of connections."""


class KeyEncryptionKeys(Protocol):
    """The key-encryption keys of a whole system, for who looks after them."""

    async def prepare(self) -> None:
        """Create what is missing. Existing keys are never replaced, since data depends on them."""

    def names(self) -> list[str]:
        """Return the names of all key-encryption keys."""

    async def versions(self, name: str) -> list[str]:
        """Return the versions of key `name`, the oldest first; the last is current.

        More than one: a rotation is under way, or was cut short.
        """

    async def add_version(self, name: str) -> str:
        """Make a version of key `name` that is current from now on, and return it."""

    async def rewrap(self, name: str, wrapped: Mapping[KeyId, Wrapped]) -> dict[KeyId, Wrapped]:
        """Return `wrapped`, wrapped under the current version of key `name`."""

    async def withdraw(self, version: str, *, undo: bool = False) -> None:
        """Take `version` from every process, or give it back; it is kept until it is destroyed."""

    async def destroy(self, name: str, version: str) -> None:
        """Destroy `version` of key `name` for good; harmless when that was done before."""

    def alone(self) -> AbstractContextManager[None]:
        """Keep other processes from rotating the keys.

        Raises:
            RotationRunningError: one does at this moment.
        """

    def close(self) -> None:
        """Let go of connections."""
