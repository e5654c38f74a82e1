"""Addresses that are not written to, as keyed hashes: no address can be read from the list.

It outlives an erasure, so that an address that never worked, or whose owner complained, is not
written to again under another account; every entry ends by itself, and when the address is proven.
"""

import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from services.notify.domain.suppression import Suppression, ends
from shared.database import Database, Document, DuplicateKeyError, IndexModel

COLLECTION: Final = "suppressions"
FIELDS: Final = ("reason", "until", "soft", "soft_since")

Change = Callable[[Suppression], Suppression]


class SuppressionList:
    """What is known against addresses."""

    def __init__(self, database: Database, secret: str) -> None:
        self._database = database
        self._rows = database.collection(COLLECTION)
        self._key = hmac.new(secret.encode(), b"carionexiq.suppressions", sha256).digest()

    async def prepare(self) -> None:
        """Create the indexes."""
        indexes = [IndexModel([("ends", 1)]), IndexModel([("reason", 1), ("until", 1)])]
        await self._database.ensure_indexes(COLLECTION, indexes)

    async def of(self, address: str) -> Suppression:
        """Return what is known against `address`."""
        return (await self.of_all([address]))[address]

    async def of_all(self, addresses: list[str]) -> Mapping[str, Suppression]:
        """Return what is known against each of `addresses`."""
        tokens = {self._token(address): address for address in addresses}
        known = dict.fromkeys(addresses, Suppression())
        async for row in self._rows.find({"_id": {"$in": list(tokens)}}):
            known[tokens[row["_id"]]] = _suppression(row)
        return known

    async def change(self, address: str, change: Change) -> Suppression:
        """Change what is known against `address`; of two changes at once none is lost."""
        token = self._token(address)
        while True:
            row = await self._rows.find_one({"_id": token})
            before = Suppression() if row is None else _suppression(row)
            after = change(before)
            if after == before or await self._replaced(token, row, after):
                return after

    async def clear(self, address: str) -> bool:
        """Take `address` off the list, since its owner has proven it; whether it was there."""
        return (await self._rows.delete_one({"_id": self._token(address)})).deleted_count > 0

    async def forget_ended(self, at: datetime) -> int:
        """Delete entries whose time is over; return how many."""
        return (await self._rows.delete_many({"ends": {"$lte": at}})).deleted_count

    async def counts(self, at: datetime) -> dict[str, int]:
        """Return how many addresses are left alone now, by reason."""
        return {
            reason: await self._rows.count_documents({"reason": reason, "until": {"$gt": at}})
            for reason in ("bounced", "complained")
        }

    async def _replaced(self, token: str, row: Document | None, after: Suppression) -> bool:
        changed = {
            **{name: getattr(after, name) for name in FIELDS},
            "ends": ends(after),
            "turn": (row or {}).get("turn", 0) + 1,
        }
        if row is None:
            try:
                await self._rows.insert_one({"_id": token, **changed})
            except DuplicateKeyError:
                return False
            return True
        unchanged: dict[str, Any] = {"_id": token, "turn": row["turn"]}
        return (await self._rows.replace_one(unchanged, changed)).matched_count == 1

    def _token(self, address: str) -> str:
        return hmac.new(self._key, address.strip().casefold().encode(), sha256).hexdigest()


def _suppression(row: Document) -> Suppression:
    return Suppression(**{name: row[name] for name in FIELDS})
