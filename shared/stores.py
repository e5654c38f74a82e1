"""What the stores hold and how it is read and written whole, for backups and restores.

Blocking on purpose: a backup is a process of its own. Documents pass one page at a time, as the
bytes they are in the database, so that memory does not grow with the store.
"""

from collections.abc import Iterator
from datetime import datetime
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from shared.consuming.rebuild import DRAFT_SUFFIX
from shared.consuming.versions import COLLECTION as VERSIONS
from shared.event_store import COLLECTION as COMMITS
from shared.ledger_mark import NOTHING, LedgerMark
from shared.restoration import BACKUPS, LEDGER
from shared.restoration import COLLECTION as RESTORATION
from shared.topics import SERVICES

PAGE: Final = 1_000
PAGE_BYTES: Final = 8 * 1024 * 1024
STAGING: Final = "restoring_"
"""Begins the name of a collection that is being filled by a restore."""
VAULT: Final = "vault"
GATEWAY: Final = "gateway"

MADE_AGAIN: Final = frozenset(
    {
        "clocks",  # worked out from lives
        "invoice_numbers",  # a hint; the next number is found by looking
        "leases",
        "newsletter_batches",  # whom an issue is being sent to at this moment
        "pending_messages",  # from the messages' streams
        "read_models",
        "relay_positions",
        "sessions",  # people sign in again
        "snapshots",
    }
)
"""Beside read models, what is left out of backups since it is made again.

Whatever else stands beside the commits is copied, so that nothing is lost for want of being named.
"""


BEFORE_COMMITS: Final = frozenset({"statistics_pools"})
"""What is copied before the commits: an enrolment counts there once its commits say so.

Copied after them, a pool would hold what an enrolment added meanwhile, and the enrolment, which
does not know of it any more, would add itself again.
"""


class Place(NamedTuple):
    """A collection of one of the system's databases."""

    database: str
    collection: str

    def __str__(self) -> str:
        return f"{self.database}.{self.collection}"


class Stores:
    """The databases of one system, read and written as bytes."""

    def __init__(self, uri: str, namespace: str) -> None:
        """Describe where they are; the server is asked with the first call."""
        self._client: MongoClient[RawBSONDocument] = MongoClient(
            uri,
            document_class=RawBSONDocument,
            serverSelectionTimeoutMS=10_000,
            retryWrites=False,
            w="majority",
            journal=True,
        )
        self._prefix = f"{namespace}carionexiq_"

    def __enter__(self) -> Self:
        """Keep connections open."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close them."""
        self._client.close()

    def ping(self) -> None:
        """Ask the server whether it answers.

        Raises:
            PyMongoError: it does not.
        """
        self._client.list_database_names()

    def store_places(self) -> list[Place]:
        """Return what a copy of the stores holds, in the order in which it is read.

        What stands beside the commits comes after them, but for what is named above: a row may then
        be missing its account, which is harmless, and no account its row.
        """
        beside = [Place(name, one) for name in SERVICES for one in self._kept_beside(name)]
        commits = [Place(service, COMMITS) for service in SERVICES]
        before = [place for place in beside if place.collection in BEFORE_COMMITS]
        return [*before, *commits, *(place for place in beside if place not in before)]

    def leftovers(self) -> list[Place]:
        """Return what a restore clears away, where it does not bring it: all but commits."""
        databases = (*SERVICES, GATEWAY)
        everything = [Place(name, one) for name in databases for one in self.collections(name)]
        return [place for place in everything if place.collection != COMMITS]

    def ledger_mark(self) -> LedgerMark:
        """Return up to where the ledger has been applied to the vault that is there."""
        known = self._collection(Place(VAULT, RESTORATION)).find_one({"_id": LEDGER})
        return NOTHING if known is None else LedgerMark.model_validate(dict(known))

    def note_backup(self, at: datetime, every_hours: float, *, whole: bool) -> None:
        """Write down that a backup as of `at` is begun, or whole at every target.

        Raises:
            PyMongoError: the server does not answer.
        """
        known = {"every_hours": every_hours, **({"last": at} if whole else {})}
        self._collection(Place(VAULT, RESTORATION)).update_one(
            {"_id": BACKUPS}, {"$set": known, "$setOnInsert": {"since": at}}, upsert=True
        )

    def vault_places(self) -> list[Place]:
        """Return what a copy of the key store holds: all of the vault but what tells of restores.

        Keys come before what marks them as destroyed, so that no key seems never to have been.
        """
        names = set(self.collections(VAULT)) - {RESTORATION}
        return [
            Place(VAULT, name) for name in sorted(names, key=lambda name: (name != "keys", name))
        ]

    def collections(self, database: str) -> list[str]:
        """Return the names of the collections of `database`, those being filled left out."""
        names = self._client[self._prefix + database].list_collection_names()
        return sorted(name for name in names if not name.startswith(STAGING))

    def count(self, place: Place) -> int:
        """Return about how many documents there are in `place`."""
        return int(self._collection(place).estimated_document_count())

    def documents(self, place: Place, *, below: str | None = None) -> Iterator[bytes]:
        """Yield the documents of `place` by their ids, those not below `below` left out.

        Ids of commits grow with time and along every cause and effect. What is below an id that was
        drawn before the reading began is therefore a whole past of all services together: with a
        commit, everything that led to it is there already, and is below too.

        Raises:
            PyMongoError: the server does not answer.
        """
        bounds: dict[str, Any] = {} if below is None else {"$lt": below}
        while True:
            query: dict[str, Any] = {"_id": bounds} if bounds else {}
            page = self._collection(place).find(query).sort("_id", 1).limit(PAGE)
            last, read = None, 0
            for document in page:
                last, read = document["_id"], read + 1
                yield bytes(document.raw)
            if read < PAGE:
                return
            bounds = {**bounds, "$gt": last}

    def filling(self, place: Place) -> "Filling":
        """Return where documents are put aside that are to take the place of `place`.

        What an interrupted restore has left there goes first.

        Raises:
            PyMongoError: the server does not answer or refuses.
        """
        staging = Place(place.database, STAGING + place.collection)
        self._collection(staging).drop()
        self._client[self._prefix + place.database].create_collection(staging.collection)
        return Filling(self._collection(staging))

    def put_in_place(self, place: Place) -> None:
        """Let what was filled take the place of `place`, in one step; repeating it is harmless.

        Raises:
            PyMongoError: the server does not answer.
        """
        staged = STAGING + place.collection
        if staged in self._client[self._prefix + place.database].list_collection_names():
            self._collection(Place(place.database, staged)).rename(
                place.collection, dropTarget=True
            )

    def drop(self, place: Place) -> None:
        """Delete the collection `place`.

        Raises:
            PyMongoError: the server does not answer.
        """
        self._collection(place).drop()

    def drop_staging(self) -> None:
        """Delete whatever was being filled.

        Raises:
            PyMongoError: the server does not answer.
        """
        for database in (*SERVICES, VAULT):
            for name in self._client[self._prefix + database].list_collection_names():
                if name.startswith(STAGING):
                    self.drop(Place(database, name))

    def _kept_beside(self, database: str) -> list[str]:
        models = {
            str(one["_id"])
            for one in self._collection(Place(database, VERSIONS)).find({}, {"_id": 1})
        }
        known = {COMMITS, *MADE_AGAIN, *models, *(name + DRAFT_SUFFIX for name in models)}
        return [name for name in self.collections(database) if name not in known]

    def _collection(self, place: Place) -> Any:
        return self._client[self._prefix + place.database][place.collection]


class Filling:
    """Writes documents into one collection, a page at a time."""

    def __init__(self, collection: Any) -> None:
        self._collection = collection
        self._page: list[RawBSONDocument] = []
        self._size = 0

    def add(self, document: bytes) -> None:
        """Take one document.

        Raises:
            PyMongoError: the server does not answer or refuses.
        """
        self._page.append(RawBSONDocument(document))
        self._size += len(document)
        if len(self._page) >= PAGE or self._size >= PAGE_BYTES:
            self.finish()

    def finish(self) -> None:
        """Write what was taken.

        Raises:
            PyMongoError: the server does not answer or refuses.
        """
        if self._page:
            self._collection.insert_many(self._page, ordered=False)
            self._page, self._size = [], 0


def split(data: bytearray) -> Iterator[bytes]:
    """Take the whole documents off the beginning of `data`; an incomplete one stays.

    Raises:
        ValueError: what stands there is no document.
    """
    begin = 0
    while len(data) - begin >= _LENGTH:
        size = int.from_bytes(data[begin : begin + _LENGTH], "little", signed=True)
        if not _SMALLEST <= size <= _LARGEST:
            raise ValueError("not a document")
        if len(data) - begin < size:
            break
        yield bytes(data[begin : begin + size])
        begin += size
    del data[:begin]


_LENGTH: Final = 4
_SMALLEST: Final = 5
_LARGEST: Final = 16 * 1024 * 1024

StoreError = PyMongoError

__all__ = [
    "COMMITS",
    "MADE_AGAIN",
    "Place",
    "StoreError",
    "Stores",
    "split",
]
