"""The simulated database does what the real one does: the same operations on both."""

import asyncio
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from pymongo.errors import BulkWriteError, DuplicateKeyError

from shared.database import (
    AFTER,
    Collection,
    Database,
    IndexModel,
    InsertOne,
    MongoClient,
    ReplaceOne,
    UpdateOne,
)
from shared.settings import Settings
from tests.simulation.engine.store import Server, SimulatedClient
from tests.simulation.engine.world import World

OPERATIONS: Final = 600
BEGIN: Final = datetime(2026, 1, 1, tzinfo=UTC)
Operation = tuple[str, tuple[Any, ...], dict[str, Any]]


class Operations:
    """Draws what to ask of a collection; the same seed draws the same."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)  # noqa: S311 - to be repeated

    def __iter__(self) -> Iterator[Operation]:
        """Yield operations without end in which the order of documents decides nothing."""
        while True:
            name = self._rng.choice(list(self._drawn))
            yield self._drawn[name](self)

    def _insert(self) -> Operation:
        return "insert_one", (self._document(),), {}

    def _update(self) -> Operation:
        options = {"upsert": self._rng.random() < 0.5}
        return "update_one", (self._one(), self._change()), options

    def _replace(self) -> Operation:
        options = {"upsert": self._rng.random() < 0.5}
        replacement = self._document()
        del replacement["_id"]
        return "replace_one", (self._one(), replacement), options

    def _find_and_update(self) -> Operation:
        options: dict[str, Any] = {"upsert": self._rng.random() < 0.5}
        if self._rng.random() < 0.5:
            options["return_document"] = AFTER
        return "find_one_and_update", (self._one(), self._change()), options

    def _update_many(self) -> Operation:
        return "update_many", (self._query(), {"$set": {"b": self._value()}}), {}

    def _delete(self) -> Operation:
        return "delete_one", (self._one(),), {}

    def _delete_many(self) -> Operation:
        return "delete_many", ({**self._query(), "c": self._rng.randrange(4)},), {}

    def _count(self) -> Operation:
        return "count_documents", (self._query(),), {}

    def _bulk(self) -> Operation:
        writes: list[Any] = []
        for _ in range(self._rng.randrange(1, 5)):
            replacement = self._document()
            writes.append(
                self._rng.choice(
                    [
                        InsertOne(self._document()),
                        UpdateOne(self._one(), self._change(), upsert=True),
                        ReplaceOne(
                            {"_id": replacement.pop("_id")},
                            replacement,
                            upsert=True,
                        ),
                    ]
                )
            )
        return "bulk_write", (writes,), {"ordered": self._rng.random() < 0.5}

    def _find(self) -> Operation:
        fields = self._rng.choice([None, {"a": 1}, ["b", "c"]])
        return "find", (self._query(), fields), {"limit": self._rng.randrange(5)}

    _drawn: Final = {
        one.__name__: one
        for one in (
            *(_insert, _update, _replace, _find_and_update, _update_many),
            *(_delete, _delete_many, _count, _bulk, _find, _find),
        )
    }

    def _one(self) -> dict[str, Any]:
        return {"_id": self._rng.randrange(12)}

    def _document(self) -> dict[str, Any]:
        document = {**self._one(), "c": self._rng.randrange(4)}
        for name in "ab":
            if self._rng.random() < 0.7:
                document[name] = self._value()
        if self._rng.random() < 0.4:
            one = self._rng.randrange(6)
            document["unique"] = self._rng.choice([one, [one, 6 + self._rng.randrange(6)]])
        return document

    def _value(self) -> Any:
        instant = BEGIN.replace(day=self._rng.randrange(1, 4))
        number, text = self._rng.randrange(3), self._rng.choice(["x", "y"])
        inner = {"d": number}
        return self._rng.choice([number, number, text, None, instant, inner, [number, text], True])

    def _change(self) -> dict[str, Any]:
        return self._rng.choice(
            [
                {"$set": {"a": self._value(), "b": self._value()}},
                {"$set": {"deep.er": self._value()}, "$setOnInsert": {"c": 1}},
                {"$unset": {"a": ""}},
                {"$inc": {"c": 1}},
                {"$max": {"a": self._value()}},
                {"$set": {"unique": self._rng.randrange(6)}},
            ]
        )

    def _query(self) -> dict[str, Any]:
        name = self._rng.choice(["a", "b", "c", "deep.er", "_id"])
        value = self._value()
        comparison = self._rng.choice(["$gt", "$gte", "$lt", "$lte"])
        comparable = self._rng.choice([1, "x", BEGIN.replace(day=2)])
        condition = self._rng.choice(
            [
                value,
                {"$ne": value},
                {"$in": [value, self._rng.randrange(3)]},
                {"$exists": self._rng.random() < 0.5},
                {comparison: comparable},
            ]
        )
        query = {name: condition}
        return query if self._rng.random() < 0.7 else {"$or": [query, {"c": 2}]}


async def carried_out(collection: Collection, operation: Operation) -> Any:
    """Return what came of `operation` and what is in `collection` afterwards."""
    name, given, options = operation
    try:
        if name == "find":
            found = collection.find(*given).sort("_id", 1).limit(options["limit"])
            answer: Any = await found.to_list(None)
        else:
            answer = _told(await getattr(collection, name)(*given, **options))
    except DuplicateKeyError:
        answer = "duplicate"
    except BulkWriteError as error:
        answer = [one["index"] for one in error.details["writeErrors"]]
    return answer, await collection.find({}).sort("_id", 1).to_list(None)


async def everything(database: Database, operations: list[Operation]) -> list[Any]:
    """Return what came of each of `operations`, one after the other."""
    unique = IndexModel([("unique", 1)], unique=True, sparse=True)
    await database.ensure_indexes("things", [unique, IndexModel([("c", 1)])])
    collection = database.collection("things")
    outcomes = [await carried_out(collection, operation) for operation in operations]
    return [*outcomes, await database.collection_names()]


def _told(answer: Any) -> Any:
    names = ("matched_count", "modified_count", "upserted_id", "deleted_count", "inserted_count")
    if isinstance(answer, dict | int | None):
        return answer
    bulk = type(answer).__name__ == "BulkWriteResult"
    shown = [name for name in names if hasattr(answer, name) and not (bulk and "upserted" in name)]
    return {name: getattr(answer, name) for name in shown}


def test_the_simulated_database_does_what_the_real_one_does(kernel_settings: Settings) -> None:
    drawn = iter(Operations(seed=7))
    operations = [next(drawn) for _ in range(OPERATIONS)]

    async def really() -> list[Any]:
        client = MongoClient(kernel_settings.mongodb_uri, kernel_settings.namespace)
        try:
            return await everything(client.database("conformance"), operations)
        finally:
            client.close()

    real = asyncio.run(really())
    world = World(1, BEGIN, rate=0)
    simulated: Any = SimulatedClient(Server(world)).get_database("conformance")
    with asyncio.Runner(loop_factory=lambda: world.loop) as runner:
        answers = runner.run(everything(Database(simulated), operations))
    for operation, expected, answer in zip(operations, real, answers, strict=False):
        assert answer == expected, operation
    assert answers[-1] == real[-1]
