"""Which version of a read model its collection holds, and who makes it anew when another is wanted.

The version that a release folds to is wanted as soon as one of its replicas starts. Until the
collection holds it nobody folds: what is there serves on, and what happens waits in Kafka. One
replica makes it anew; a replica of another release stands back for good.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Final

from shared import telemetry
from shared.consuming.projections import Projection
from shared.database import Database, DuplicateKeyError, PyMongoError
from shared.ids import new_id

COLLECTION: Final = "read_models"
FIRST: Final = 1
"""The version of what was folded before versions were written down."""
CHECK_SECONDS: Final = 0.5
"""How long a replica may fold on after another release has come."""
SILENT_SECONDS: Final = 6.0
"""Who makes a read model anew and gives no sign for so long has died."""

log = telemetry.logger(__name__)


class Versions:
    """One replica's view of the versions of its service's read models."""

    def __init__(self, database: Database, projections: Sequence[Projection]) -> None:
        self._database = database
        self._documents = database.collection(COLLECTION)
        self._versions = {projection.name: projection.version for projection in projections}
        self._token = new_id()
        self._beats = 0
        self._checked = float("-inf")
        self.waiting = False
        """Whether nothing is folded here for now."""

    async def want(self) -> None:
        """Tell every replica which versions this release folds to.

        Raises:
            PyMongoError: the database is away.
        """
        for name, version in self._versions.items():
            if await self._documents.find_one({"_id": name}) is None:
                found = await self._database.collection(name).find_one({}, {"_id": 1})
                held = version if found is None else FIRST
                try:
                    await self._documents.insert_one({"_id": name, "version": held})
                except DuplicateKeyError:
                    log.info("another replica wrote the version down", projection=name)
            await self._documents.update_one({"_id": name}, {"$set": {"wanted": version}})

    async def outdated(self) -> list[str]:
        """Return the read models that this release wants otherwise than they are.

        Raises:
            PyMongoError: the database is away.
        """
        return [
            document["_id"]
            async for document in self._documents.find({"_id": {"$in": list(self._versions)}})
            if document["version"] != self._versions[document["_id"]]
        ]

    async def wait_until_current(self, *, surely: bool = False) -> None:
        """Return once everything is as this release folds it, as far as was seen lately."""
        if not surely and time.monotonic() - self._checked < CHECK_SECONDS:
            return
        while not await self._all_current():
            if not self.waiting:
                log.warning("folding waits: another version of a read model is there, or wanted")
                self.waiting = True
            await asyncio.sleep(CHECK_SECONDS)
        self.waiting = False
        self._checked = time.monotonic()

    async def is_wanted(self, name: str) -> bool:
        """Tell whether this release's version of `name` is the one that is wanted.

        Raises:
            PyMongoError: the database is away.
        """
        document = await self._documents.find_one({"_id": name})
        return document is not None and document.get("wanted") == self._versions[name]

    async def claim(self, name: str) -> bool:
        """Tell whether this replica is the one that makes `name` anew; it then has to `beat`.

        Raises:
            PyMongoError: the database is away.
        """
        document = await self._documents.find_one({"_id": name})
        if document is None:
            return False
        before = {"maker": document.get("maker"), "beat": document.get("beat")}
        if before["maker"] not in (None, self._token):
            await asyncio.sleep(SILENT_SECONDS)
        outcome = await self._documents.update_one(
            {"_id": name, **before}, {"$set": {"maker": self._token, "beat": 0}}
        )
        return bool(outcome.matched_count)

    async def beat(self, name: str) -> None:
        """Give a sign of life again and again, until cancelled."""
        while True:
            self._beats += 1
            await self._documents.update_one(
                {"_id": name, "maker": self._token}, {"$set": {"beat": self._beats}}
            )
            await asyncio.sleep(1)

    async def reached(self, name: str) -> None:
        """Write down that the collection `name` holds this release's version.

        Raises:
            PyMongoError: the database is away; it is made anew at the next start.
        """
        await self._documents.update_one(
            {"_id": name},
            {"$set": {"version": self._versions[name]}, "$unset": {"maker": "", "beat": ""}},
            upsert=True,
        )

    async def _all_current(self) -> bool:
        query = {"_id": {"$in": list(self._versions)}}
        try:
            documents = await self._documents.find(query).to_list(None)
        except PyMongoError as error:
            log.warning("folding waits for the database", error=type(error).__name__)
            return False
        return all(
            self._versions[one["_id"]] == one["version"] == one.get("wanted", one["version"])
            for one in documents
        )
