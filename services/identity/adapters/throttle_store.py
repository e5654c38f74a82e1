"""What was tried lately, where every replica sees it; keys are keyed hashes, of nobody readable."""

import hmac
from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256
from ipaddress import ip_address, ip_network
from typing import Final, NamedTuple

from services.identity.domain.throttling import (
    NOTHING,
    Attempts,
    Budget,
    after,
    given_back,
    wait,
)
from shared.clock import Clock
from shared.database import Database, Document, DuplicateKeyError, IndexModel

COLLECTION: Final = "throttle"
IPV4_PREFIX: Final = 24
IPV6_PREFIX: Final = 48
"""What one household or company gets; single addresses change too easily."""
CHANGES: Final = 32
"""How often a row that others change at the same moment is looked at again."""


class Key(NamedTuple):
    """Whose attempts are counted together, and what they may try."""

    name: str
    """`<act>:<kind>:<value>`; only its hash is stored."""
    budget: Budget


class ThrottledError(Exception):
    """Too much was tried; `details` tells in how many seconds it may be tried again."""

    def __init__(self, after: timedelta) -> None:
        super().__init__("throttled")
        seconds = max(1, -(-int(after.total_seconds() * 1000) // 1000))
        self.details = {"retry_after": seconds}


class ThrottleStore:
    """Counts attempts; of two at the same moment each counts."""

    def __init__(self, database: Database, secret: str, clock: Clock) -> None:
        self._database = database
        self._rows = database.collection(COLLECTION)
        self._secret = secret.encode()
        self._clock = clock

    async def prepare(self) -> None:
        """Create the index that finds what is to be forgotten."""
        await self._database.ensure_indexes(COLLECTION, [IndexModel([("forgotten_at", 1)])])

    async def spend(self, keys: Iterable[Key]) -> None:
        """Count one attempt under each of `keys`, before it is made.

        Raises:
            ThrottledError: one of them has to wait; the attempt must not be made.
        """
        for key in keys:
            left = await self._spend(key)
            if left > NOTHING:
                raise ThrottledError(left)

    async def give_back(self, keys: Iterable[Key]) -> None:
        """Take the last attempt back: it was rightful, or failed for a reason of ours."""
        for key in keys:
            for _ in range(CHANGES):
                row, found = await self._find(key)
                if found is None or await self._replace(key, row, given_back(found)):
                    break

    async def forget(self, keys: Iterable[Key]) -> None:
        """Forget every attempt under `keys`: who they are about has shown who they are."""
        await self._rows.delete_many({"_id": {"$in": [self._id(key) for key in keys]}})

    async def forget_old(self) -> int:
        """Delete the rows whose memory is over; return how many there were."""
        gone = await self._rows.delete_many({"forgotten_at": {"$lte": self._clock.now()}})
        return gone.deleted_count

    async def _spend(self, key: Key) -> timedelta:
        for _ in range(CHANGES):
            now = self._clock.now()
            row, found = await self._find(key)
            left = wait(found, key.budget, now)
            if left > NOTHING:
                return left
            if await self._replace(key, row, after(found, key.budget, now)):
                return NOTHING
        # Others keep trying under this key at this very moment.
        return key.budget.first_delay

    async def _find(self, key: Key) -> tuple[Document | None, Attempts | None]:
        row = await self._rows.find_one({"_id": self._id(key)})
        return row, None if row is None else Attempts(row["count"], row["last"])

    async def _replace(self, key: Key, row: Document | None, attempts: Attempts | None) -> bool:
        """Write `attempts` in the place of `row`; `False` when the row has changed meanwhile."""
        identity = self._id(key)
        if attempts is None:
            await self._rows.delete_one({"_id": identity, **_same(row)})
            return True
        new = {
            "_id": identity,
            "count": attempts.count,
            "last": attempts.last,
            "forgotten_at": attempts.last + key.budget.memory,
        }
        if row is None:
            try:
                await self._rows.insert_one(new)
            except DuplicateKeyError:
                return False
            return True
        replaced = await self._rows.replace_one({"_id": identity, **_same(row)}, new)
        return replaced.matched_count == 1

    def _id(self, key: Key) -> str:
        return hmac.new(self._secret, key.name.encode(), sha256).hexdigest()


def network_of(address: str) -> str | None:
    """Return the network that `address` belongs to; `None` when it is no address."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    mapped = getattr(parsed, "ipv4_mapped", None)
    parsed = mapped or parsed
    prefix = IPV4_PREFIX if parsed.version == 4 else IPV6_PREFIX  # noqa: PLR2004 - IP's versions
    return str(ip_network(f"{parsed}/{prefix}", strict=False))


def _same(row: Document | None) -> Document:
    return {} if row is None else {"count": row["count"], "last": row["last"]}
