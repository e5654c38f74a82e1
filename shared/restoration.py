"""Whether the system may serve: no restore is half done, and what was forgotten is forgotten here.

Kept in the vault's database, beside the keys it is about. A restore writes down that it has begun
before it touches anything, and that it is done when the ledger has been applied again; the ledger's
mark moves with every destruction. So stores that were put back by other means are found out too.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from shared import telemetry
from shared.database import Database, Document
from shared.ledger_mark import NOTHING, LedgerMark, continues, mark_of

COLLECTION: Final = "restoration"
UNDER_WAY: Final = "under_way"
LAST: Final = "last"
LEDGER: Final = "ledger"
BACKUPS: Final = "backups"
APPLIED_WITHIN_SECONDS: Final = 45.0
LOOK_EVERY_SECONDS: Final = 0.2

log = telemetry.logger(__name__)


class NotServableError(Exception):
    """Nothing may be opened or served; the message is one line and says what to do."""


class Restoration(BaseModel):
    """A restore that was carried through."""

    id: str
    backup: str | None
    """Id of the backup; none where stores had been put back by other means."""
    at: datetime
    """When: facts before it may have been followed by others that are lost."""
    done: list[str] = []
    """Parts of the services that have drawn their consequences."""


class Backups(BaseModel):
    """What is known here of backups; it is in none of them."""

    every_hours: float
    """How often one is to be made."""
    since: datetime
    """When one was first begun."""
    last: datetime | None = None
    """As of when the last one is that is whole at every target."""


class Restorations:
    """What the vault's database tells of restores, of the ledger, and of backups."""

    def __init__(self, vault: Database) -> None:
        """Take the vault's database."""
        self._documents = vault.collection(COLLECTION)
        self._last: Restoration | None = None

    @property
    def restored_at(self) -> datetime | None:
        """When the stores were last restored, as known at the start; `None`: never."""
        return None if self._last is None else self._last.at

    async def load(self) -> None:
        """Read what happened before this process started.

        Raises:
            PyMongoError: the database is away.
        """
        document = await self._documents.find_one({"_id": LAST})
        self._last = None if document is None else Restoration.model_validate(document)

    async def once(self, part: str, step: Callable[[], Awaitable[Any]]) -> None:
        """Take `step` if it has not been taken since the last restore; it may be repeated.

        Raises:
            PyMongoError: the database is away.
        """
        if self._last is None or part in self._last.done:
            return
        await step()
        query: Document = {"_id": LAST, "id": self._last.id}
        await self._documents.update_one(query, {"$addToSet": {"done": part}})

    async def under_way(self) -> str | None:
        """Return which backup is being restored, or `None` when none is.

        Raises:
            PyMongoError: the database is away.
        """
        document = await self._documents.find_one({"_id": UNDER_WAY})
        return None if document is None else str(document["backup"])

    async def begin(self, backup: str, at: datetime) -> None:
        """Write down that a restore touches the stores: from now on nothing serves.

        Raises:
            PyMongoError: the database is away.
        """
        document = {"_id": UNDER_WAY, "backup": backup, "since": at}
        await self._documents.replace_one({"_id": UNDER_WAY}, document, upsert=True)

    async def abandon(self) -> None:
        """Write down that a restore ended before it touched anything.

        Raises:
            PyMongoError: the database is away.
        """
        await self._documents.delete_one({"_id": UNDER_WAY})

    async def complete(self, restoration: Restoration) -> None:
        """Write down that a restore is done.

        Raises:
            PyMongoError: the database is away.
        """
        await self._documents.replace_one(
            {"_id": LAST}, {"_id": LAST, **restoration.model_dump()}, upsert=True
        )
        await self._documents.delete_one({"_id": UNDER_WAY})

    async def backups(self) -> Backups | None:
        """Return what is known of backups, or `None` while none was ever begun.

        Raises:
            PyMongoError: the database is away.
        """
        document = await self._documents.find_one({"_id": BACKUPS})
        return None if document is None else Backups.model_validate(document)

    async def applied(self) -> LedgerMark:
        """Return up to where the ledger has been applied to this vault.

        Raises:
            PyMongoError: the database is away.
        """
        document = await self._documents.find_one({"_id": LEDGER})
        return NOTHING if document is None else LedgerMark.model_validate(document)

    async def mark_applied(self, mark: LedgerMark) -> None:
        """Write down that the ledger has been applied up to `mark`.

        Raises:
            PyMongoError: the database is away.
        """
        await self._documents.replace_one(
            {"_id": LEDGER}, {"_id": LEDGER, **mark.model_dump()}, upsert=True
        )


async def require_consistent(restorations: Restorations, ledger: Path) -> None:
    """Return when no restore is half done and the ledger goes on from what was applied.

    Raises:
        NotServableError: something is amiss.
        PyMongoError: the database is away.
    """
    backup = await restorations.under_way()
    if backup is not None:
        raise NotServableError(
            f"a restore of {backup} has not finished: stop everything and run it again "
            f"(carionexiq restore {backup})"
        )
    applied = await restorations.applied()
    if not await asyncio.to_thread(continues, ledger, applied):
        found = "was changed or cut" if await asyncio.to_thread(ledger.exists) else "is missing"
        raise NotServableError(
            f"the erasure ledger {ledger} {found}: {applied.entries} erasures were applied. Put it "
            "back from the backup site that has the longest one (ledger/erasures.jsonl)"
        )


async def wait_until_applied(restorations: Restorations, ledger: Path) -> None:
    """Return when the vault is as far as `ledger` is now, which retention sees to at its start.

    Raises:
        NotServableError: it has not come so far in time.
        PyMongoError: the database is away.
    """
    known = await asyncio.to_thread(mark_of, ledger)
    deadline = asyncio.get_running_loop().time() + APPLIED_WITHIN_SECONDS
    while (await restorations.applied()).size < known.size:
        if asyncio.get_running_loop().time() > deadline:
            raise NotServableError(
                f"the ledger has {known.entries} erasures, and not all have been applied to this "
                "vault: start retention, whose log says what keeps it"
            )
        await asyncio.sleep(LOOK_EVERY_SECONDS)
