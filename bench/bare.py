"""The bare libraries: what our own code is held against."""

from dataclasses import dataclass
from time import perf_counter

from shared.database import Collection, Database, Document, IndexModel, MongoClient
from shared.event_store import COLLECTION
from shared.ids import new_id


@dataclass(frozen=True, slots=True)
class Inserter:
    """The driver's `insert_one` of the document that the event store writes."""

    database: Database
    collection: Collection
    sample: Document

    @classmethod
    async def like(cls, store: Database, client: MongoClient, *, indexed: bool) -> "Inserter":
        """Return one that copies a commit of `store`, with its indexes when `indexed`."""
        commits = store.collection(COLLECTION)
        sample = await commits.find_one({})
        if sample is None:
            raise LookupError("nothing has been appended yet")
        bare = client.database(new_id())
        if indexed:
            await bare.ensure_indexes(COLLECTION, await _indexes(commits))
        return cls(bare, bare.collection(COLLECTION), sample)

    async def insert(self, count: int) -> list[float]:
        """Insert `count` documents and return what each took, in milliseconds."""
        return [await self.insert_one() for _ in range(count)]

    async def insert_one(self) -> float:
        """Insert one document and return what it took."""
        unique = new_id()
        document = {**self.sample, "_id": unique, "stream": unique}
        began = perf_counter()
        await self.collection.insert_one(document)
        return (perf_counter() - began) * 1_000


async def _indexes(collection: Collection) -> list[IndexModel]:
    described = await collection.index_information()
    return [
        IndexModel(
            index["key"],
            **{
                option: index[option]
                for option in ("unique", "sparse", "partialFilterExpression")
                if option in index
            },
        )
        for name, index in described.items()
        if name != "_id_"
    ]
