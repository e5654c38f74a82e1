"""Reading everything a store holds, byte for byte: for scans and proofs, never for the product.

Blocking on purpose: whoever inspects has stopped everything else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import bson
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient

# Databases in which the server keeps its own affairs.
SERVER_DATABASES = frozenset({"admin", "config", "local"})


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """One document as it lies in the store."""

    database: str
    collection: str
    raw: bytes
    """The document as BSON: its strings lie in it in UTF-8, uncompressed."""


def stored_documents(uri: str) -> Iterator[StoredDocument]:
    """Yield every document of every database, the server's own excepted.

    Raises:
        PyMongoError: the server does not answer.
    """
    client: MongoClient[RawBSONDocument] = MongoClient(
        uri, document_class=RawBSONDocument, serverSelectionTimeoutMS=5_000
    )
    try:
        for database in sorted(set(client.list_database_names()) - SERVER_DATABASES):
            for collection in sorted(client[database].list_collection_names()):
                found = client[database].get_collection(collection).find()
                for document in found:
                    yield StoredDocument(database, collection, bytes(document.raw))
    finally:
        client.close()


def as_document(stored: StoredDocument) -> dict[str, Any]:
    """Return the content of `stored`, with aware datetimes."""
    options: CodecOptions[dict[str, Any]] = CodecOptions(document_class=dict, tz_aware=True)
    return bson.decode(stored.raw, options)
