"""Group commit: a document that comes alone is written at once, those that come meanwhile together.

Nobody waits for company: the first write goes out by itself, and what arrives until it is answered
forms the next group. Each caller gets the outcome of its own document.
"""

import asyncio
from typing import Final

from shared.database import (
    DUPLICATE_KEY,
    BulkWriteError,
    Collection,
    Document,
    DuplicateKeyError,
    RawBSONDocument,
    WriteError,
)

LARGEST_GROUP: Final = 256

Waiting = tuple[Document | RawBSONDocument, "asyncio.Future[None]"]


class GroupCommit:
    """Inserts documents into one collection, one write at a time."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._waiting: list[Waiting] = []
        self._writing = False
        self._task: asyncio.Task[None] | None = None

    async def insert(self, document: Document | RawBSONDocument) -> None:
        """Insert `document`; return once it is durable.

        Raises:
            DuplicateKeyError: a unique index refuses it.
            PyMongoError: the database is away; the document may have been stored or not.
        """
        if self._writing:
            done = asyncio.get_running_loop().create_future()
            self._waiting.append((document, done))
            await done
            return
        self._writing = True
        try:
            await self._collection.insert_one(document)
        finally:
            self._writing = bool(self._waiting)
            if self._writing:
                self._task = asyncio.create_task(self._write_waiting(), name="group commit")

    async def _write_waiting(self) -> None:
        group: list[Waiting] = []
        try:
            while self._waiting:
                group = [one for one in self._waiting[:LARGEST_GROUP] if not one[1].done()]
                del self._waiting[:LARGEST_GROUP]
                if group:
                    await self._write(group)
        finally:
            self._writing = False
            for _, done in (*group, *self._waiting):
                done.cancel()
            self._waiting.clear()

    async def _write(self, group: list[Waiting]) -> None:
        errors: dict[int, Exception] = {}
        try:
            await self._collection.insert_many([document for document, _ in group], ordered=False)
        except BulkWriteError as error:
            if error.details.get("writeConcernErrors"):
                errors = dict.fromkeys(range(len(group)), error)
            errors |= {one["index"]: _refused(one) for one in error.details["writeErrors"]}
        except Exception as error:  # noqa: BLE001 - whatever it is, it goes to those who wait
            errors = dict.fromkeys(range(len(group)), error)
        for index, (_, done) in enumerate(group):
            if done.done():
                continue
            if (refusal := errors.get(index)) is not None:
                done.set_exception(refusal)
            else:
                done.set_result(None)


def _refused(error: Document) -> WriteError:
    kind = DuplicateKeyError if error["code"] == DUPLICATE_KEY else WriteError
    return kind(error.get("errmsg", ""), error["code"], error)
