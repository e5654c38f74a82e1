"""MongoDB as motor shows it: every call is an await at which something can go wrong."""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, TypeVar

import bson
from bson.raw_bson import RawBSONDocument
from pymongo import DeleteOne, InsertOne, ReplaceOne, ReturnDocument, UpdateMany, UpdateOne
from pymongo.errors import AutoReconnect, BulkWriteError, DuplicateKeyError
from pymongo.results import (
    BulkWriteResult,
    DeleteResult,
    InsertManyResult,
    InsertOneResult,
    UpdateResult,
)

from tests.simulation.engine.collection import OPTIONS, Changed, StoredCollection
from tests.simulation.engine.documents import (
    Document,
    UnknownOperatorError,
    projected,
    sort_key,
    value_at,
)
from tests.simulation.engine.faults import READ, WRITE, WRITE_MANY, Fault
from tests.simulation.engine.world import World

T = TypeVar("T")
FIRST_BATCH: Final = 101
FURTHER_BATCH: Final = 10_000
"""For the real one it is what 16 MiB hold."""
Step = Callable[[], None]
"""Writes one document."""


class Server:
    """The databases, which outlive every process."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.watchers: list[Callable[[str, str, Document | None, Document | None], None]] = []
        """Told of each change: database, collection, document before and after."""
        self._databases: dict[str, dict[str, StoredCollection]] = defaultdict(dict)

    def stored(self, database: str, name: str) -> StoredCollection:
        """Return the collection `name`, empty when there was none."""
        collections = self._databases[database]
        if name not in collections:
            collections[name] = StoredCollection(name, self._changed(database))
        return collections[name]

    def names(self, database: str) -> list[str]:
        """Return the names of the collections of `database` that something was written to."""
        return [name for name, one in self._databases[database].items() if one.exists]

    def rename(self, database: str, source: str, target: str) -> None:
        """Put a collection in the place of another."""
        collections = self._databases[database]
        moved = collections[target] = collections.pop(source)
        moved.name = target

    def _changed(self, database: str) -> Changed:
        def changed(name: str, before: Document | None, after: Document | None) -> None:
            for watcher in self.watchers:
                watcher(database, name, before, after)

        return changed


class SimulatedClient:
    """Stands where `AsyncIOMotorClient` does."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def get_database(self, name: str) -> "SimulatedDatabase":
        """Return a database by name."""
        return SimulatedDatabase(self._server, name)

    def close(self) -> None:
        """Nothing is open."""


class SimulatedDatabase:
    """Stands where `AsyncIOMotorDatabase` does."""

    def __init__(self, server: Server, name: str) -> None:
        self._server = server
        self.name = name

    def get_collection(self, name: str, *, codec_options: Any = None) -> "SimulatedCollection":
        """Return a collection by name, whose documents come as `codec_options` say."""
        raw = getattr(codec_options, "document_class", dict) is RawBSONDocument
        return SimulatedCollection(self._server, self.name, name, raw=raw)

    async def create_collection(self, name: str) -> None:
        """Make an empty collection."""
        created = self._server.stored(self.name, name)
        await self.get_collection(name).call("create", WRITE, created.create)

    async def list_collection_names(self) -> list[str]:
        """Return the names of all collections."""
        return await self.get_collection("").read(
            "listCollections", lambda: self._server.names(self.name)
        )

    async def command(self, name: str) -> dict[str, Any]:
        """Answer a ping."""
        if name != "ping":
            raise UnknownOperatorError(name)
        return await self.get_collection("").call("ping", READ, lambda: {"ok": 1})


class SimulatedCollection:
    """Stands where `AsyncIOMotorCollection` does."""

    def __init__(self, server: Server, database: str, name: str, *, raw: bool) -> None:
        self._server = server
        self._database = database
        self.name = name
        self.raw = raw

    @property
    def stored(self) -> StoredCollection:
        """What is kept."""
        return self._server.stored(self._database, self.name)

    async def call(
        self,
        name: str,
        possible: tuple[Fault, ...],
        effect: Callable[[], T],
        *,
        partly: Callable[[], None] | None = None,
    ) -> T:
        """Let the engine carry out `effect`."""
        full = f"{self._database}.{self.name}.{name}"
        return await self._server.world.call(full, possible, effect, _lost, partly=partly)

    async def read(self, name: str, effect: Callable[[], T]) -> T:
        """Let the engine answer; the driver asks once more where the connection fails."""
        try:
            return await self.call(name, READ, effect)
        except AutoReconnect:
            return await self.call(name, READ, effect)

    def find(self, query: Mapping[str, Any] | None = None, fields: Any = None) -> "SimulatedCursor":
        """Return a cursor over what fits `query`."""
        return SimulatedCursor(self, query or {}, fields)

    async def find_one(
        self, query: Mapping[str, Any], fields: Any = None, *, sort: Any = None
    ) -> Any:
        """Return the first that fits `query`, or `None`."""
        cursor = self.find(query, fields).limit(1)
        found = await (cursor.sort(sort) if sort else cursor).to_list(1)
        return found[0] if found else None

    async def count_documents(self, query: Mapping[str, Any]) -> int:
        """Return how many fit `query`."""
        return await self.read("count", lambda: len(self.stored.find(query)))

    async def insert_one(self, document: Any) -> InsertOneResult:
        """Add a document."""
        await self.call("insert_one", WRITE, lambda: self.stored.insert(document))
        return InsertOneResult(None, acknowledged=True)

    async def insert_many(self, documents: Iterable[Any], *, ordered: bool = True) -> Any:
        """Add documents, as many as can be."""
        await self.bulk_write([InsertOne(one) for one in documents], ordered=ordered)
        return InsertManyResult([], acknowledged=True)

    async def update_one(
        self, query: Mapping[str, Any], update: Mapping[str, Any], *, upsert: bool = False
    ) -> UpdateResult:
        """Change the first that fits `query`."""
        return await self.call(
            "update_one", WRITE, lambda: self._change(query, update, upsert=upsert, whole=False)
        )

    async def replace_one(
        self, query: Mapping[str, Any], replacement: Document, *, upsert: bool = False
    ) -> UpdateResult:
        """Replace the first that fits `query`."""
        return await self.call(
            "replace_one",
            WRITE,
            lambda: self._change(query, replacement, upsert=upsert, whole=True),
        )

    async def update_many(self, query: Mapping[str, Any], update: Mapping[str, Any]) -> Any:
        """Change every document that fits `query`."""
        changed: list[bool] = []

        def steps() -> list[Step]:
            keys = [document["_id"] for document in self.stored.find(query)]
            return [partial(self._update, key, update, changed) for key in keys]

        await self._many("update_many", steps)
        answer = {"n": len(changed), "nModified": sum(changed)}
        return UpdateResult(answer, acknowledged=True)

    async def delete_one(self, query: Mapping[str, Any]) -> DeleteResult:
        """Delete the first that fits `query`."""

        def effect() -> int:
            found = self.stored.find(query)[:1]
            for document in found:
                self.stored.delete(document["_id"])
            return len(found)

        count = await self.call("delete_one", WRITE, effect)
        return DeleteResult({"n": count}, acknowledged=True)

    async def delete_many(self, query: Mapping[str, Any]) -> DeleteResult:
        """Delete every document that fits `query`."""
        gone: list[Any] = []

        def steps() -> list[Step]:
            keys = [document["_id"] for document in self.stored.find(query)]
            return [partial(self._delete, key, gone) for key in keys]

        await self._many("delete_many", steps)
        return DeleteResult({"n": len(gone)}, acknowledged=True)

    async def find_one_and_update(
        self,
        query: Mapping[str, Any],
        update: Mapping[str, Any],
        *,
        upsert: bool = False,
        return_document: bool = ReturnDocument.BEFORE,
    ) -> Any:
        """Change the first that fits `query` and return it, as it was or as it is."""

        def effect() -> Any:
            found = self.stored.find(query)[:1]
            before = self._shown(found[0]["_id"]) if found else None
            result = self._change(query, update, upsert=upsert, whole=False)
            key = found[0]["_id"] if found else result.upserted_id
            if return_document is ReturnDocument.BEFORE or key is None:
                return before
            return self._shown(key)

        return await self.call("find_one_and_update", WRITE, effect)

    async def bulk_write(self, writes: Sequence[Any], *, ordered: bool = True) -> BulkWriteResult:
        """Carry out `writes`, as many as can be."""
        errors: list[Document] = []
        totals = {"nInserted": 0, "nUpserted": 0, "nMatched": 0, "nModified": 0, "nRemoved": 0}

        def one(index: int, write: Any) -> None:
            if ordered and errors:
                return
            try:
                self._write(write, totals)
            except DuplicateKeyError as error:
                errors.append({"index": index, "code": 11000, "errmsg": str(error), "op": {}})

        def steps() -> list[Step]:
            given = list(enumerate(writes))
            if not ordered:
                # The driver sends what is inserted first, then the rest.
                given.sort(key=lambda each: not isinstance(each[1], InsertOne))
            return [partial(one, index, write) for index, write in given]

        await self._many("bulk_write", steps)
        if errors:
            raise BulkWriteError({"writeErrors": errors, "writeConcernErrors": [], **totals})
        return BulkWriteResult({**totals, "upserted": []}, acknowledged=True)

    async def create_indexes(self, models: Iterable[Any]) -> None:
        """Have these indexes."""

        def effect() -> None:
            for model in models:
                wanted = model.document
                self.stored.index(
                    tuple(wanted["key"]),
                    unique=wanted.get("unique", False),
                    sparse=wanted.get("sparse", False),
                )

        await self.call("create_indexes", WRITE, effect)

    async def drop(self) -> None:
        """Delete the collection's documents."""
        await self.delete_many({})

    async def rename(self, target: str, *, dropTarget: bool) -> None:  # noqa: N803
        """Put this collection in the place of another."""
        if not dropTarget:
            raise UnknownOperatorError("rename without dropTarget")
        await self.call(
            "rename", WRITE, lambda: self._server.rename(self._database, self.name, target)
        )

    async def _many(self, name: str, steps: Callable[[], list[Step]]) -> None:
        """Write several documents, one after the other: a failure may come between two."""

        def carry_out(share: float = 1.0) -> None:
            todo = steps()
            for step in todo[: round(len(todo) * share)]:
                step()

        await self.call(
            name,
            WRITE_MANY,
            carry_out,
            partly=lambda: carry_out(self._server.world.faults.rng.random()),
        )

    def _update(self, key: Any, update: Mapping[str, Any], changed: list[bool]) -> None:
        changed.append(self.stored.update(key, update))

    def _delete(self, key: Any, gone: list[Any]) -> None:
        self.stored.delete(key)
        gone.append(key)

    def _write(self, write: Any, totals: dict[str, int]) -> None:
        match write:
            case InsertOne():
                self.stored.insert(write._doc)
                totals["nInserted"] += 1
            case UpdateOne() | ReplaceOne():
                result = self._change(
                    write._filter,
                    _as_mapping(write._doc),
                    upsert=bool(write._upsert),
                    whole=isinstance(write, ReplaceOne),
                )
                totals["nMatched"] += result.matched_count
                totals["nModified"] += result.modified_count
                totals["nUpserted"] += result.upserted_id is not None
            case UpdateMany():
                for document in self.stored.find(write._filter):
                    totals["nModified"] += self.stored.update(
                        document["_id"], _as_mapping(write._doc)
                    )
                    totals["nMatched"] += 1
            case DeleteOne():
                for document in self.stored.find(write._filter)[:1]:
                    self.stored.delete(document["_id"])
                    totals["nRemoved"] += 1
            case _:
                raise UnknownOperatorError(type(write).__name__)

    def _change(
        self, query: Mapping[str, Any], change: Mapping[str, Any], *, upsert: bool, whole: bool
    ) -> UpdateResult:
        found = self.stored.find(query)[:1]
        if found:
            key = found[0]["_id"]
            rest = {name: value for name, value in change.items() if name != "_id"}
            changed = self.stored.replace(key, rest) if whole else self.stored.update(key, change)
            return UpdateResult({"n": 1, "nModified": int(changed)}, acknowledged=True)
        if not upsert:
            return UpdateResult({"n": 0, "nModified": 0}, acknowledged=True)
        made = self.stored.upsert(query, change, whole=whole)
        return UpdateResult({"n": 1, "nModified": 0, "upserted": made}, acknowledged=True)

    def _shown(self, key: Any, fields: Any = None) -> Any:
        raw = self.stored.raw[key]
        if self.raw:
            return RawBSONDocument(raw)
        return projected(bson.decode(raw, OPTIONS), fields)


class SimulatedCursor:
    """Stands where `AsyncIOMotorCursor` does: between two batches, documents change."""

    def __init__(
        self, collection: SimulatedCollection, query: Mapping[str, Any], fields: Any
    ) -> None:
        self._collection = collection
        self._query = query
        self._fields = fields
        self._sort: list[tuple[str, int]] = []
        self._skip = 0
        self._limit = 0
        self._batch: int | None = None

    def batch_size(self, count: int) -> "SimulatedCursor":
        """Fetch so many at a time."""
        self._batch = count
        return self

    def sort(self, key: str | Sequence[tuple[str, int]], direction: int = 1) -> "SimulatedCursor":
        """Return them in this order."""
        self._sort = [(key, direction)] if isinstance(key, str) else list(key)
        return self

    def skip(self, count: int) -> "SimulatedCursor":
        """Leave out the first `count`."""
        self._skip = count
        return self

    def limit(self, count: int) -> "SimulatedCursor":
        """Return at most `count`; 0 for all."""
        self._limit = count
        return self

    async def to_list(self, length: int | None) -> list[Any]:
        """Return what is left, at most `length`."""
        return (await self._collection.read("find", self._found))[:length]

    async def __aiter__(self) -> AsyncIterator[Any]:
        keys = await self._collection.read("find", self._keys)
        first, further = self._batch or FIRST_BATCH, self._batch or FURTHER_BATCH
        for document in self._now(keys[:first]):
            yield document
        for start in range(first, len(keys), further):
            for document in await self._more(keys[start : start + further]):
                yield document

    async def _more(self, keys: list[Any]) -> list[Any]:
        return await self._collection.call("getMore", READ, lambda: self._now(keys))

    def _found(self) -> list[Any]:
        return self._now(self._keys())

    def _now(self, keys: list[Any]) -> list[Any]:
        there = [key for key in keys if key in self._collection.stored.raw]
        return [self._collection._shown(key, self._fields) for key in there]

    def _keys(self) -> list[Any]:
        found = self._collection.stored.find(self._query)
        for field, direction in reversed(self._sort):
            found.sort(key=lambda one: sort_key(value_at(one, field)), reverse=direction < 0)
        last = self._skip + self._limit if self._limit else None
        return [one["_id"] for one in found[self._skip : last]]


def _as_mapping(update: Any) -> Mapping[str, Any]:
    """Return an update that is no pipeline."""
    if not isinstance(update, Mapping):
        raise UnknownOperatorError("an update by a pipeline")
    return update


def _lost() -> AutoReconnect:
    return AutoReconnect("the simulated database is away")
