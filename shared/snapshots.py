"""Snapshots: the state of a long stream, so that a command folds only what came after.

A snapshot is a cache: it may be missing at any time, and nothing else depends on it. It is written
for one shape of one fold, told by a digest of its source, so that changed rules never meet a state
of the old ones. It is encrypted under the keys of all the values that the stream holds, one around
the other: once any of them is destroyed nobody can read it, and it is dropped.
"""

import hashlib
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from pydantic import TypeAdapter

from shared.database import Database, Document, DuplicateKeyError, IndexModel
from shared.personal import IN_THE_CLEAR
from shared.vault import KeyId, Vault, allows

COLLECTION: Final = "snapshots"

State = TypeVar("State")


class Snapshots:
    """The snapshots of one service."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._collection = database.collection(COLLECTION)
        self._vault = vault

    async def prepare(self) -> None:
        """Create the index by which snapshots are dropped with a key."""
        await self._database.ensure_indexes(COLLECTION, [IndexModel([("scopes", 1)])])

    async def find(self, stream: str, shape: str) -> tuple[bytes, int, frozenset[KeyId]] | None:
        """Return state, version and scopes of `stream` as `shape` folds it, if there are any.

        One that holds what the request at hand may not open is left alone, for others.
        """
        found = await self._collection.find_one({"_id": _id(stream, shape)})
        if found is None:
            return None
        scopes = [KeyId.parse(text) for text in found["scopes"]]
        if not all(allows(scope.category) for scope in scopes):
            return None
        state = await self._vault.open_within(found["state"], scopes)
        if state is None:
            await self._collection.delete_one({"_id": found["_id"]})
            return None
        return state, found["version"], frozenset(scopes)

    async def keep(
        self, stream: str, shape: str, state: bytes, version: int, scopes: frozenset[KeyId]
    ) -> None:
        """Keep the state of `stream` at `version`, unless a later one is there.

        `scopes` are those of the values that were opened for it; when one of them has been
        forgotten meanwhile, nothing is kept.
        """
        under = sorted(scopes)
        sealed = await self._vault.seal_within(state, under)
        if sealed is None:
            return
        document: Document = {
            "_id": _id(stream, shape),
            "version": version,
            "scopes": [scope.text() for scope in under],
            "state": sealed,
        }
        try:
            await self._collection.replace_one(
                {"_id": document["_id"], "version": {"$lt": version}}, document, upsert=True
            )
        except DuplicateKeyError:
            return  # another replica has kept a later one

    async def drop(self, scope: KeyId) -> None:
        """Delete every snapshot that holds values of `scope`, which has been forgotten."""
        await self._collection.delete_many({"scopes": scope.text()})

    async def drop_about(self, subject: str) -> None:
        """Delete the snapshots about `subject`, whose values may be readable again by now.

        One that was made while nothing of a stream was readable has no scopes and does not tell
        whom it is about, so all of these go: they are few, and a snapshot may go at any time.
        """
        about = {"scopes": {"$gte": f"{subject}|", "$lt": f"{subject}}}"}}
        await self._collection.delete_many({"$or": [about, {"scopes": []}]})


class Shape(Generic[State]):
    """How the state of one fold becomes bytes and back, and the digest that names the fold."""

    def __init__(self, initial: State, evolve: Callable[[State, Any], State]) -> None:
        self._adapter: TypeAdapter[State] = TypeAdapter(type(initial))
        self.name = _digest(evolve, type(initial))

    def dump(self, state: State) -> bytes:
        """Return `state` as JSON, with personal values in the clear: to be sealed at once."""
        return self._adapter.dump_json(state, context=IN_THE_CLEAR)

    def load(self, state: bytes) -> State:
        """Return the state that `dump` was given."""
        return self._adapter.validate_json(state)


def _digest(evolve: Callable[..., Any], state: type) -> str:
    """Name a fold by all the source beside it: its rules, states and events."""
    digest = hashlib.sha256(f"{evolve.__module__}.{evolve.__qualname__}:{state}".encode())
    written: list[Callable[..., Any]] = [evolve]
    if state.__module__ != "builtins":
        written.append(state)
    for folder in sorted({Path(inspect.getfile(part)).parent for part in written}):
        for file in sorted(folder.glob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:32]


def _id(stream: str, shape: str) -> str:
    return f"{stream}|{shape}"
