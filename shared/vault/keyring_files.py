"""Key-encryption keys in files: kept once, and a keyring for each service and role."""

import base64
import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from shared.personal import Category
from shared.vault.compartments import COMPARTMENTS, EACH_ITS_OWN, KEY_NAMES, ROLE_COMPARTMENTS
from shared.vault.key_id import KeyId
from shared.vault.keyring import (
    KEY_BYTES,
    Keyring,
    Versions,
    first_version,
    next_version,
    write_secret,
)
from shared.vault.keyring_encryption import rewrapped
from shared.vault.wrapping import RotationRunningError, Wrapped

SHARED_KEYS: Final = "category-keys.json"
OWN_KEYS: Final = "own-keys.json"
"""The keys of categories that each service has for itself."""
BLIND_INDEX: Final = "blind_index"
CHANGE_LOCK: Final = ".change"
ROTATION_LOCK: Final = ".rotation"


class KeyringFiles:
    """The key-encryption keys of a whole system, in one folder.

    The keys are kept once, in `category-keys.json` and, where each service has its own, in
    `own-keys.json`. The file of each service, and in `roles/` of each role, repeats those of its
    compartment alone. A process needs its own file and nothing else of the folder.
    """

    def __init__(self, folder: Path, *, with_category_keys: bool = True) -> None:
        """Look after the keys in `folder`; without category keys where a provider has them."""
        self._folder = folder
        self._names = list(KEY_NAMES) if with_category_keys else []

    async def prepare(self) -> None:
        """Create what is missing; see `KeyEncryptionKeys.prepare`."""
        self.create()

    def close(self) -> None:
        """Nothing is open."""

    def create(self) -> None:
        """Create what is missing. Existing keys are never replaced, since data depends on them."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._locked(CHANGE_LOCK):
            keys, blind_index = self._kept()
            for name in self._names:
                keys.setdefault(name, {first_version(name): _new_key()})
            self._keep(keys, blind_index or _new_key())
            self._hand_out()

    def all(self) -> Keyring:
        """Return every key there is, which no service holds."""
        keys, blind_index = self._kept()
        merged: dict[Category, Versions] = {}
        for name, versions in keys.items():
            merged.setdefault(KEY_NAMES[name], {}).update(versions)
        return Keyring(category_keys=merged, blind_index_key=blind_index)

    def names(self) -> list[str]:
        """Return the names of all key-encryption keys."""
        return sorted(self._kept()[0])

    async def versions(self, name: str) -> list[str]:
        """Return the versions of key `name`, the oldest first; the last is current."""
        return list(self._kept()[0][name])

    async def add_version(self, name: str) -> str:
        """Make a version of key `name` that is current from now on, and return it."""
        with self._locked(CHANGE_LOCK):
            keys, blind_index = self._kept()
            version = next_version(keys[name], name)
            keys[name][version] = _new_key()
            # Kept before it is handed out: what is wrapped under it must never lose it.
            self._keep(keys, blind_index)
            self._hand_out()
        return version

    async def rewrap(self, name: str, wrapped: Mapping[KeyId, Wrapped]) -> dict[KeyId, Wrapped]:
        """Return `wrapped`, wrapped under the current version of key `name`."""
        return await rewrapped(KEY_NAMES[name], self._kept()[0][name], wrapped)

    async def withdraw(self, version: str, *, undo: bool = False) -> None:
        """Take `version` out of every keyring, or put it back; it is kept until it is destroyed."""
        with self._locked(CHANGE_LOCK):
            self._hand_out(without=None if undo else version)

    async def destroy(self, name: str, version: str) -> None:
        """Destroy `version` of key `name` for good."""
        with self._locked(CHANGE_LOCK):
            keys, blind_index = self._kept()
            keys[name].pop(version, None)
            self._keep(keys, blind_index)
            self._hand_out()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other processes from changing the keys.

        Raises:
            RotationRunningError: one is at it.
        """
        try:
            with self._locked(ROTATION_LOCK, fcntl.LOCK_NB):
                yield
        except BlockingIOError:
            raise RotationRunningError("another rotation is under way") from None

    @contextmanager
    def _locked(self, name: str, how: int = 0) -> Iterator[None]:
        descriptor = os.open(self._folder / name, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | how)
            yield
        finally:
            os.close(descriptor)

    def _kept(self) -> tuple[dict[str, Versions], str | None]:
        kept: dict[str, Versions | str] = {}
        for file in (self._folder / SHARED_KEYS, self._folder / OWN_KEYS):
            if file.exists():
                kept |= json.loads(file.read_text())
        blind_index = kept.pop(BLIND_INDEX, None)
        keys = {}
        for kept_name, one in kept.items():
            # Before there were versions, keys were kept alone, and own ones by another name.
            name = kept_name.replace("/", "-")
            keys[name] = {first_version(name): one} if isinstance(one, str) else one
        return keys, blind_index if isinstance(blind_index, str) else None

    def _keep(self, keys: Mapping[str, Versions], blind_index: str | None) -> None:
        own = {name: versions for name, versions in keys.items() if KEY_NAMES[name] in EACH_ITS_OWN}
        shared = {name: versions for name, versions in keys.items() if name not in own}
        write_secret(self._folder / SHARED_KEYS, json.dumps({**shared, BLIND_INDEX: blind_index}))
        write_secret(self._folder / OWN_KEYS, json.dumps(own))

    def _hand_out(self, *, without: str | None = None) -> None:
        """Write the keyrings of services and roles, as far as they are not as they should be."""
        everything = self.all()
        if without is not None:
            everything = everything.model_copy(
                update={
                    "category_keys": {
                        category: {one: key for one, key in versions.items() if one != without}
                        for category, versions in everything.category_keys.items()
                    }
                }
            )
        for holder, folder in _holders(self._folder):
            text = everything.part_of(holder).model_dump_json()
            file = folder / f"{holder}.json"
            if not file.exists() or file.read_text() != text:
                write_secret(file, text)


def create_keyrings(folder: Path) -> None:
    """Create what is missing in `folder`: the keys, and the keyring of each service and role."""
    KeyringFiles(folder).create()


def _holders(folder: Path) -> Iterator[tuple[str, Path]]:
    yield from ((service, folder) for service in COMPARTMENTS)
    yield from ((role, folder / "roles") for role in ROLE_COMPARTMENTS)


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
