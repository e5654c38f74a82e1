"""MongoDB behind one door: the only module that knows which driver is used."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import bson
from bson.codec_options import CodecOptions
from bson.errors import BSONError
from bson.raw_bson import RawBSONDocument
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection, AsyncIOMotorDatabase
from pymongo import IndexModel, InsertOne, ReplaceOne, ReturnDocument, UpdateOne
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    DuplicateKeyError,
    PyMongoError,
    WriteError,
)

Document = dict[str, Any]
Collection = AsyncIOMotorCollection[Document]

RawCollection = AsyncIOMotorCollection[RawBSONDocument]

AFTER: Final = ReturnDocument.AFTER
DUPLICATE_KEY: Final = 11000
LARGEST_DOCUMENT_BYTES: Final = 15 * 1024 * 1024
"""A little less than the 16 MiB of the protocol."""
OPTIONS: Final = CodecOptions(document_class=dict, tz_aware=True)
_RAW: Final = CodecOptions(document_class=RawBSONDocument, tz_aware=True)

__all__ = [
    "AFTER",
    "AutoReconnect",
    "BulkWriteError",
    "Collection",
    "Database",
    "Document",
    "DuplicateKeyError",
    "IndexModel",
    "InsertOne",
    "MongoClient",
    "PyMongoError",
    "RawBSONDocument",
    "RawCollection",
    "ReplaceOne",
    "UnstorableError",
    "UpdateOne",
    "WriteError",
    "decoded",
    "encoded",
    "storable",
]


def encoded(document: Document) -> bytes:
    """Return the bytes of `document` in the database."""
    return bson.encode(document)


def decoded(raw: bytes) -> Document:
    """Return the document whose bytes in the database are `raw`, as a query returns it."""
    return bson.decode(raw, OPTIONS)


class UnstorableError(Exception):
    """The database has no form for a document, or no room in one."""


def storable(document: Document | None) -> Document | None:
    """Return `document` when the database can store it.

    Raises:
        UnstorableError: a number is out of range, a name has a character that names cannot have,
            or it is too large.
    """
    try:
        size = len(bson.encode(document)) if document is not None else 0
    except (BSONError, OverflowError, TypeError, ValueError, RecursionError) as error:
        raise UnstorableError from error
    if size > LARGEST_DOCUMENT_BYTES:
        raise UnstorableError
    return document


class Database:
    """One logical database; collections read datetimes as aware UTC."""

    def __init__(self, database: AsyncIOMotorDatabase[Document]) -> None:
        self._database = database

    @property
    def name(self) -> str:
        """The database's name, namespace included."""
        return self._database.name

    def collection(self, name: str) -> Collection:
        """Return the collection called `name`."""
        return self._database.get_collection(name, codec_options=OPTIONS)

    def raw_collection(self, name: str) -> RawCollection:
        """Return the collection called `name`; queries return documents as bytes."""
        documents: Any = self._database
        collection: RawCollection = documents.get_collection(name, codec_options=_RAW)
        return collection

    async def ensure_indexes(self, name: str, indexes: Sequence[IndexModel]) -> None:
        """Create the missing ones of `indexes` on collection `name`."""
        if indexes:
            await self.collection(name).create_indexes(list(indexes))

    async def collection_names(self) -> list[str]:
        """Return the names of all collections, the server's own excepted, in order."""
        names: list[str] = await self._database.list_collection_names()
        return sorted(name for name in names if not name.startswith("system."))

    async def create(self, name: str) -> None:
        """Create the empty collection `name`."""
        await self._database.create_collection(name)

    async def rename(self, source: str, target: str) -> None:
        """Put collection `source` in the place of `target`, in one step."""
        await self.collection(source).rename(target, dropTarget=True)

    async def ping(self) -> Mapping[str, Any]:
        """Ask the server whether it answers.

        Raises:
            PyMongoError: it does not.
        """
        answer: Mapping[str, Any] = await self._database.command("ping")
        return answer


class MongoClient:
    """The process's connection pool."""

    def __init__(self, uri: str, namespace: str, *, pool: int = 32) -> None:
        self._client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(
            uri,
            maxPoolSize=pool,
            serverSelectionTimeoutMS=5_000,
            retryWrites=False,
            w="majority",
            journal=True,
        )
        self._namespace = namespace

    def database(self, name: str) -> Database:
        """Return the database `name` of this system's namespace."""
        return Database(self._client.get_database(f"{self._namespace}carionexiq_{name}"))

    def close(self) -> None:
        """Close every connection."""
        self._client.close()
