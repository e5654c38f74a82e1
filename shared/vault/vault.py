"""Sealing and opening personal values: AES-256-GCM under the data key of their scope."""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.events.base import Event
from shared.personal import WHOLE, Category, Erased, Personal, Sealed, personal_fields
from shared.vault.access import (
    CategoryNotAllowedError,
    RestrictedError,
    allows,
    current_access,
    reads_restricted,
)
from shared.vault.data_keys import DataKeys
from shared.vault.key_id import KeyId
from shared.vault.keyring import Keyring
from shared.vault.tombstones import KeyState
from shared.vault.unwrapped import UnwrappedKeys
from shared.vault.wrapping import NONCE_BYTES

WITHIN: Final = "*"
"""Stands for the field in what is encrypted as a whole."""

Openers = dict[KeyId, AESGCM | None]
"""What opens the values of a scope; `None` where it has been forgotten."""

decoded_json: Final = json.JSONDecoder().decode
SEALED_FIELDS: Final = frozenset(Sealed.model_fields)


class ForgedValueError(Exception):
    """A sealed value does not belong to the subject, category, object or field it claims."""


class Opened(NamedTuple):
    """Events as far as they may be opened."""

    events: list[Event]
    scopes: frozenset[KeyId]
    """Of the values that were opened."""
    withheld: bool
    """Whether a value stayed sealed only because the request at hand may not open it."""


class Vault:
    """Opens and seals what this process's compartments allow; everything else stays sealed."""

    def __init__(
        self,
        keys: DataKeys,
        keyring: Keyring,
        *,
        restricted: Callable[[str, Category], bool] = lambda _subject, _category: False,
    ) -> None:
        """Use `keys`, wrapped by those of `keyring`.

        `restricted` tells whether a subject has restricted a category.
        """
        self._restricted = restricted
        self._keys = keys
        self._keyring = keyring
        self._unwrapped = UnwrappedKeys()

    def holds(self, category: Category) -> bool:
        """Whether values of `category` may be opened: by this process, for the request at hand."""
        return self._keys.holds(category) and allows(category)

    def blind_index(self, value: str) -> str:
        """Return the keyed lookup token (HMAC-SHA-256, hex) of a normalised value.

        Raises:
            ConfigurationError: this process may not compute lookup tokens.
        """
        secret = self._keyring.blind_index_secret()
        return hmac.new(secret, value.encode(), hashlib.sha256).hexdigest()

    async def seal_events(self, events: Sequence[Event]) -> list[dict[str, Any]]:
        """Return the JSON data of `events` with every plain personal value encrypted.

        Raises:
            KeyDestroyedError: a value is about a scope that has been forgotten.
            UnheldCategoryError: a value belongs to a category outside this process.
            CategoryNotAllowedError: the request at hand may not touch its category.
        """
        plain = [_plain_values(event) for event in events]
        sealers = await self._sealers(key_id for values in plain for _, _, key_id in values)
        sealed_events = []
        for event, values in zip(events, plain, strict=True):
            data = event.model_dump(mode="json", exclude={name for name, _, _ in values})
            for name, value, key_id in values:
                data[name] = _sealed_json(sealers[key_id], key_id, name, value)
            sealed_events.append(data)
        return sealed_events

    async def seal(self, value: Any, *, key_id: KeyId, field: str) -> Sealed:
        """Encrypt one JSON value under the data key of `key_id`.

        Raises:
            KeyClosedError: the scope has been forgotten.
            UnheldCategoryError: the category is outside this process's compartments.
        """
        sealers = await self._sealers([key_id])
        return Sealed.model_validate(_sealed_json(sealers[key_id], key_id, field, value))

    async def open_events(self, events: Sequence[Event]) -> list[Event]:
        """Return `events` with their personal values opened as far as this process may."""
        return (await self.open_with_scopes(events)).events

    async def open_with_scopes(self, events: Sequence[Event]) -> "Opened":
        """Return what `open_events` returns, and under which scopes that was sealed."""
        sealed = [_sealed_fields(event) for event in events]
        openers = await self._openers_of(key_id for fields in sealed for _, _, key_id in fields)
        opened_events = [
            event.model_copy(
                update={
                    name: Personal(self._unsealed(value, key_id, openers))
                    for name, value, key_id in fields
                }
            )
            if fields
            else event
            for event, fields in zip(events, sealed, strict=True)
        ]
        withheld = any(
            self._keys.holds(key_id.category) and not allows(key_id.category)
            for fields in sealed
            for _, _, key_id in fields
        )
        scopes = frozenset(scope for scope, box in openers.items() if box is not None)
        return Opened(opened_events, scopes, withheld)

    async def open_document(self, document: dict[str, Any]) -> dict[str, Any]:
        """Return a copy of a read model's document with every sealed value as a `Personal`."""
        return (await self.open_documents([document]))[0]

    async def open_documents(
        self, documents: Sequence[dict[str, Any]], *, remember: bool = True
    ) -> list[dict[str, Any]]:
        """Return copies of `documents` with every sealed value as a `Personal`, keys read once.

        Whoever reads about everybody does not `remember` the keys: nobody asks for them soon.
        """
        found: list[Sealed] = []
        parsed = [_parsed(document, found) for document in documents]
        openers = await self._openers_of(map(_key_id, found), remember=remember)
        return [self._opened(document, openers) for document in parsed]

    def without_restricted(self, documents: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return `documents` with nothing where the request at hand may not open a value.

        So that a list is answered though one of its persons has restricted a category (C8.3).
        """
        return [self._without_restricted(document) for document in documents]

    async def open(self, value: Personal[Any]) -> Personal[Any]:
        """Return `value` opened: plain, erased, or still sealed where this process may not read."""
        if value.sealed is None:
            return value
        return Personal(self._open(value.sealed, await self._openers([value.sealed])))

    async def still_opens(self, values: Sequence[Sealed]) -> list[bool]:
        """Return for each of `values`, all of held categories, whether there is a key to open it.

        What this process remembers does not count: the vault is asked, once for all.
        """
        for value in values:
            self.drop(_key_id(value))
        openers = await self._openers(values)
        return [openers[_key_id(value)] is not None for value in values]

    async def seal_within(self, data: bytes, scopes: Sequence[KeyId]) -> bytes | None:
        """Encrypt `data` under the keys of all of `scopes`; `None` when one is forgotten.

        What holds a value in the clear is thus never kept beyond the key of that value.
        """
        openers = await self._openers_of(scopes)
        for scope in scopes:
            box = openers.get(scope)
            if box is None:
                return None
            nonce = os.urandom(NONCE_BYTES)
            data = nonce + box.encrypt(nonce, data, _binding(scope, WITHIN))
        return data

    async def open_within(self, data: bytes, scopes: Sequence[KeyId]) -> bytes | None:
        """Return what `seal_within` encrypted, or `None` once any of `scopes` is forgotten.

        Raises:
            ForgedValueError: it was not sealed under these scopes.
        """
        openers = await self._openers_of(scopes)
        for scope in reversed(scopes):
            box = openers.get(scope)
            if box is None:
                return None
            try:
                data = box.decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], _binding(scope, WITHIN))
            except InvalidTag:
                raise ForgedValueError(scope.category) from None
        _note_opened(scopes)
        return data

    async def disable(self, *ids: KeyId) -> None:
        """Close scopes for the time being (retention only); see `DataKeys.disable`."""
        await self._keys.disable(ids)
        self.drop(*ids)

    async def enable(self, *ids: KeyId) -> None:
        """Open disabled scopes again (retention only); see `DataKeys.enable`."""
        await self._keys.enable(ids)
        self.drop(*ids)

    async def destroy(self, *ids: KeyId) -> None:
        """Destroy data keys for good (retention only); see `DataKeys.destroy`."""
        await self._keys.destroy(ids)
        self.drop(*ids)

    async def unforgotten(self, *ids: KeyId) -> list[KeyId]:
        """Return those of `ids` that have not been destroyed, or whose key material is back."""
        return await self._keys.unforgotten(ids)

    async def closed(self, *ids: KeyId) -> dict[KeyId, KeyState]:
        """Return the states of those of `ids` that are disabled or destroyed."""
        return await self._keys.states(ids)

    async def is_closed(self, key_id: KeyId) -> bool:
        """Whether nothing can be opened or sealed for the scope: disabled or destroyed."""
        return key_id in await self.closed(key_id)

    async def is_destroyed(self, key_id: KeyId) -> bool:
        """Whether the scope has been forgotten for good."""
        return (await self.closed(key_id)).get(key_id) is KeyState.DESTROYED

    def destroyed_keys(self) -> AsyncIterator[KeyId]:
        """Yield every scope that has been forgotten for good."""
        return self._keys.destroyed()

    async def live_keys(self, subject: str) -> list[KeyId]:
        """Return every scope of `subject` that can still be read by somebody."""
        return await self._keys.live(subject)

    def drop(self, *ids: KeyId) -> None:
        """Forget the unwrapped keys now; the next use asks the key database again."""
        for key_id in ids:
            self._unwrapped.drop(key_id)

    def drop_all(self) -> None:
        """Forget every unwrapped key now."""
        self._unwrapped.drop_all()

    async def _sealers(self, ids: Iterable[KeyId]) -> dict[KeyId, AESGCM]:
        wanted = set(ids)
        for key_id in wanted:
            if not allows(key_id.category):
                raise CategoryNotAllowedError(key_id.category)
        known = self._unwrapped.found(wanted)
        sealers = {key_id: box for key_id, box in known.items() if box is not None}
        if missing := wanted - sealers.keys():
            with self._unwrapped.asking() as stale:
                keys = await self._keys.obtain(sorted(missing))
            for key_id, key in keys.items():
                sealers[key_id] = AESGCM(key)
                if not stale(key_id):
                    self._unwrapped.remember(key_id, sealers[key_id])
        return sealers

    async def _openers(self, values: Iterable[Sealed]) -> Openers:
        """Return what opens `values`, good for all of them however long that takes.

        The cache is asked once: a key that grew too old half-way would read as erased.
        """
        return await self._openers_of(_key_id(value) for value in values)

    async def _openers_of(self, ids: Iterable[KeyId], *, remember: bool = True) -> Openers:
        wanted = {key_id for key_id in ids if self.holds(key_id.category)}
        self._require_unrestricted(wanted)
        openers = self._unwrapped.found(wanted)
        if missing := wanted - openers.keys():
            with self._unwrapped.asking() as stale:
                keys = await self._keys.find(sorted(missing))
            for key_id, key in keys.items():
                openers[key_id] = AESGCM(key) if key else None
                if remember and not stale(key_id):
                    self._unwrapped.remember(key_id, openers[key_id])
        return openers

    def _require_unrestricted(self, ids: Iterable[KeyId]) -> None:
        """Return when the request at hand may open values of all of `ids`.

        Raises:
            RestrictedError: a person has restricted one, and the law leaves no way for this.
        """
        for key_id in ids:
            if self._withholds(key_id.subject, key_id.category):
                raise RestrictedError(key_id.category)

    def _withholds(self, subject: str, category: Category) -> bool:
        return not reads_restricted(category) and self._restricted(subject, category)

    def _without_restricted(self, node: Any) -> Any:
        if isinstance(node, dict):
            if node.keys() == SEALED_FIELDS:
                withheld = self._withholds(node["subject"], Category(node["category"]))
                return None if withheld else node
            return {name: self._without_restricted(value) for name, value in node.items()}
        if isinstance(node, list):
            return [self._without_restricted(value) for value in node]
        return node

    def _open(self, value: Sealed, openers: Openers) -> Any:
        return self._unsealed(value, _key_id(value), openers)

    def _unsealed(self, value: Sealed, key_id: KeyId, openers: Openers) -> Any:
        if not self.holds(value.category):
            return value
        box = openers[key_id]
        if box is None:
            return Erased(category=value.category)
        raw = base64.b64decode(value.box)
        try:
            plain = box.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], _binding(key_id, value.field))
        except InvalidTag:
            raise ForgedValueError(value.category) from None
        _note_opened((key_id,))
        return decoded_json(plain.decode())

    def _opened(self, node: Any, openers: Openers) -> Any:
        if isinstance(node, Sealed):
            return Personal(self._open(node, openers))
        if isinstance(node, dict):
            return {
                name: self._opened(value, openers) if isinstance(value, _INSIDE) else value
                for name, value in node.items()
            }
        if isinstance(node, list):
            return [self._opened(value, openers) for value in node]
        return node


_INSIDE: Final = (dict, list, Sealed)
"""What may have sealed values in it, or is one."""


def _note_opened(scopes: Iterable[KeyId]) -> None:
    if (access := current_access()) is not None:
        access.opened.update((scope.subject, scope.category) for scope in scopes)


def _plain_values(event: Event) -> list[tuple[str, Any, KeyId]]:
    found = []
    for name, mark in personal_fields(type(event)).items():
        value: Personal[Any] | None = getattr(event, name)
        if value is None or value.sealed is not None or value.is_erased:
            continue
        subject = getattr(event, mark.about)
        scope = getattr(event, mark.object) if mark.object else WHOLE
        found.append((name, value.reveal(), KeyId(subject, mark.category, scope)))
    return found


def _sealed_fields(event: Event) -> list[tuple[str, Sealed, KeyId]]:
    return [
        (name, sealed, _key_id(sealed))
        for name in personal_fields(type(event))
        if (value := getattr(event, name)) is not None and (sealed := value.sealed) is not None
    ]


def _parsed(node: Any, found: list[Sealed]) -> Any:
    """Return a copy of `node` with every sealed value as a `Sealed`, which is added to `found`."""
    if isinstance(node, dict):
        if node.keys() == SEALED_FIELDS:
            found.append(Sealed.model_validate(node))
            return found[-1]
        return {
            name: _parsed(value, found) if isinstance(value, _INSIDE) else value
            for name, value in node.items()
        }
    if isinstance(node, list):
        return [_parsed(value, found) for value in node]
    return node


def _sealed_json(box: AESGCM, key_id: KeyId, field: str, value: Any) -> dict[str, Any]:
    """Return `value` as a `Sealed` is stored, without making one."""
    nonce = os.urandom(NONCE_BYTES)
    cipher = box.encrypt(nonce, json.dumps(value).encode(), _binding(key_id, field))
    return {
        "subject": key_id.subject,
        "category": key_id.category.value,
        "object": key_id.object,
        "field": field,
        "box": base64.b64encode(nonce + cipher).decode(),
    }


def _binding(key_id: KeyId, field: str) -> bytes:
    return f"{key_id.text()}|{field}".encode()


def _key_id(value: Sealed) -> KeyId:
    return KeyId(value.subject, value.category, value.object)


__all__ = ["ForgedValueError", "KeyId", "Vault"]
