"""Key-encryption keys out of an environment variable, which only who sets it can change."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from shared.vault.compartments import KEY_NAMES
from shared.vault.key_id import KeyId
from shared.vault.keyring import Keyring, next_version
from shared.vault.keyring_encryption import rewrapped
from shared.vault.wrapping import KeysUnavailableError, Wrapped


class EnvironmentKeys:
    """The key-encryption keys of a whole system, as the environment of this process gives them."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    async def prepare(self) -> None:
        """Check that no key is missing.

        Raises:
            KeysUnavailableError: some are.
        """
        missing = sorted(KEY_NAMES.keys() - set(self.names()))
        if missing:
            raise KeysUnavailableError(f"CARIONEXIQ_KEYRING: no key of {', '.join(missing)}")

    def names(self) -> list[str]:
        """Return the names of all key-encryption keys."""
        return sorted(name for name in KEY_NAMES if self._keyring.of_key(name))

    async def versions(self, name: str) -> list[str]:
        """Return the versions of key `name`, the oldest first; the last is current."""
        return list(self._keyring.of_key(name))

    async def add_version(self, name: str) -> str:
        """Tell what to do, since no process can change the environment of others.

        Raises:
            KeysUnavailableError: always.
        """
        version = next_version(self._keyring.of_key(name), name)
        raise KeysUnavailableError(
            f'CARIONEXIQ_KEYRING: put a key "{version}" after the last one of {name}, '
            "in every process that has it, then rotate"
        )

    async def rewrap(self, name: str, wrapped: Mapping[KeyId, Wrapped]) -> dict[KeyId, Wrapped]:
        """Return `wrapped`, wrapped under the current version of key `name`."""
        return await rewrapped(KEY_NAMES[name], self._keyring.of_key(name), wrapped)

    async def withdraw(self, version: str, *, undo: bool = False) -> None:
        """Nothing: who set the environment takes the version out of it."""

    async def destroy(self, name: str, version: str) -> None:
        """Nothing: who set the environment takes the version out of it."""

    def close(self) -> None:
        """Nothing is open."""

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nothing here changes the keys."""
        yield
