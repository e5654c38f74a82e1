"""One collection of the simulated database: documents, indexes, what a write does to them."""

from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import Any

import bson
from bson.codec_options import CodecOptions
from pymongo.errors import DuplicateKeyError

from tests.simulation.engine.documents import (
    Document,
    UnknownOperatorError,
    matches,
    of_query,
    sort_key,
    updated,
    value_at,
)

OPTIONS: CodecOptions[dict[str, Any]] = CodecOptions(document_class=dict, tz_aware=True)

Changed = Callable[[str, Document | None, Document | None], None]
"""Told of each change: the collection's name, the document before and after."""


class StoredCollection:
    """The documents of one collection, as their bytes, in the order they came."""

    def __init__(self, name: str, changed: Changed) -> None:
        self.name = name
        self._changed = changed
        self.exists = False
        """Whether anything was ever written to it."""
        self.raw: dict[Any, bytes] = {}
        self.documents: dict[Any, Document] = {}
        self._unique: list[tuple[tuple[str, ...], bool]] = []
        self._taken: list[dict[Any, Any]] = []
        self._indexed: dict[str, dict[Any, dict[Any, None]]] = {}

    def create(self) -> None:
        """Have it, though it is empty."""
        self.exists = True

    def index(self, fields: tuple[str, ...], *, unique: bool, sparse: bool) -> None:
        """Have an index over `fields`; one that is there stays."""
        self.exists = True
        if unique and (fields, sparse) not in self._unique:
            self._unique.append((fields, sparse))
            self._taken.append({})
            for document in self.documents.values():
                self._take(len(self._unique) - 1, document)
        if fields[0] not in self._indexed and fields[0] != "_id":
            self._indexed[fields[0]] = {}
            for document in self.documents.values():
                self._enter(fields[0], document)

    def find(self, query: Mapping[str, Any]) -> list[Document]:
        """Return the documents that fit `query`, as they are kept: not to be changed."""
        documents = self.documents
        candidates = self._candidates(query)
        if candidates is None:
            return [document for document in documents.values() if matches(document, query)]
        return [
            document
            for one in candidates
            if (document := documents.get(one)) is not None and matches(document, query)
        ]

    def insert(self, document: Any) -> None:
        """Add a document.

        Raises:
            DuplicateKeyError: a unique index refuses it.
        """
        raw = document.raw if hasattr(document, "raw") else bson.encode(document)
        self._store(None, raw)

    def update(self, key: Any, update: Mapping[str, Any]) -> bool:
        """Change the document `key`; tell whether that made a difference."""
        document = bson.decode(self.raw[key], OPTIONS)
        updated(document, update)
        return self._store(key, bson.encode(document))

    def replace(self, key: Any, replacement: Document) -> bool:
        """Put `replacement` in the place of the document `key`."""
        return self._store(key, bson.encode({"_id": key, **replacement}))

    def upsert(self, query: Mapping[str, Any], change: Mapping[str, Any], *, whole: bool) -> Any:
        """Insert what `query` and `change` make together and return its id."""
        document = of_query(query)
        if whole:
            document = {"_id": document["_id"], **change} if "_id" in document else dict(change)
        else:
            updated(document, change, inserting=True)
        self.insert(document)
        return document["_id"]

    def delete(self, key: Any) -> None:
        """Take the document `key` out."""
        before = self.documents.pop(key)
        del self.raw[key]
        self._leave(before)
        self._changed(self.name, before, None)

    def _store(self, key: Any, raw: bytes) -> bool:
        after = bson.decode(raw, OPTIONS)
        if "_id" not in after:
            raise UnknownOperatorError("a document without an id")
        before = self.documents.get(key) if key is not None else None
        if before is not None and self.raw[key] == raw:
            return False
        if before is None and after["_id"] in self.documents:
            raise _duplicate(self.name, "_id_")
        self._require_unique(after)
        self.exists = True
        if before is not None:
            self._leave(before)
        self.documents[after["_id"]], self.raw[after["_id"]] = after, raw
        for number in range(len(self._unique)):
            self._take(number, after)
        for field in self._indexed:
            self._enter(field, after)
        self._changed(self.name, before, after)
        return True

    def _require_unique(self, document: Document) -> None:
        for number, (fields, _) in enumerate(self._unique):
            for key in self._keys_of(number, document):
                if self._taken[number].get(key, document["_id"]) != document["_id"]:
                    raise _duplicate(self.name, "_".join(fields))

    def _keys_of(self, number: int, document: Document) -> list[Any]:
        """Return what a unique index holds of `document`: of a list, each of its values."""
        fields, sparse = self._unique[number]
        if sparse and all(field not in document for field in fields):
            return []
        return list(product(*(map(sort_key, _entries(document, field)) for field in fields)))

    def _take(self, number: int, document: Document) -> None:
        for key in self._keys_of(number, document):
            self._taken[number][key] = document["_id"]

    def _enter(self, field: str, document: Document) -> None:
        for value in _entries(document, field):
            self._indexed[field].setdefault(value, {})[document["_id"]] = None

    def _leave(self, document: Document) -> None:
        for number in range(len(self._unique)):
            for key in self._keys_of(number, document):
                self._taken[number].pop(key, None)
        for field, index in self._indexed.items():
            for value in _entries(document, field):
                index.get(value, {}).pop(document["_id"], None)

    def _candidates(self, query: Mapping[str, Any]) -> Iterable[Any] | None:
        """Return ids among which all that fit `query` are; `None` for every document."""
        for field, wanted in query.items():
            if field != "_id" and field not in self._indexed:
                continue
            if isinstance(wanted, dict):
                values = wanted.get("$in") if wanted.keys() == {"$in"} else None
            else:
                values = None if wanted is None else [wanted]
            if values is None or any(isinstance(value, dict | list) for value in values):
                continue
            if field == "_id":
                return list(dict.fromkeys(values))
            index = self._indexed[field]
            return list(dict.fromkeys(key for value in values for key in index.get(value, ())))
        return None


def _entries(document: Document, field: str) -> list[Any]:
    value = value_at(document, field)
    values = value if isinstance(value, list) else [value]
    return [one for one in values if not isinstance(one, dict | list)]


def _duplicate(collection: str, index: str) -> DuplicateKeyError:
    text = f"E11000 duplicate key error collection: {collection} index: {index}"
    return DuplicateKeyError(text, 11000, {"code": 11000, "errmsg": text})
