"""A lease that one replica holds at a time, whatever the replicas' clocks say.

The holder counts a beat up. Whoever wants the lease takes it when the beat it sees has stood still
for the lease's length, measured by its own monotonic clock: no instant is ever compared between two
machines. A holder stops using the lease before anybody else may take it.
"""

import asyncio
from typing import Final

from shared.database import Collection, DuplicateKeyError
from shared.ids import new_id

LENGTH_SECONDS: Final = 6.0
RENEWED_AFTER_SECONDS: Final = 2.0
USED_FOR_SECONDS: Final = 5.0
"""How long after a beat the holder relies on it: less than the others wait."""


class Lease:
    """One replica's view of the lease called `name`."""

    def __init__(self, leases: Collection, name: str) -> None:
        self._leases = leases
        self._name = name
        self._owner = new_id()
        self._held_since: float | None = None
        self._seen: tuple[object, object] | None = None
        self._seen_at = 0.0

    @property
    def valid(self) -> bool:
        """Whether it is held and nobody else may have taken it yet; asks nobody."""
        held = self._held_since
        return held is not None and _now() - held < USED_FOR_SECONDS

    async def hold(self) -> bool:
        """Renew the lease when that is due, or take it when it is free; tell whether it is held.

        Raises:
            PyMongoError: the database is away.
        """
        if self._held_since is not None and _now() - self._held_since < RENEWED_AFTER_SECONDS:
            return True
        asked_at = _now()
        held = await (self._take() if self._held_since is None else self._renew())
        self._held_since = asked_at if held else None
        return held

    async def release(self) -> None:
        """Give it up, so that another replica goes on at once."""
        self._held_since = None
        await self._leases.delete_one({"_id": self._name, "owner": self._owner})

    async def _renew(self) -> bool:
        renewed = await self._leases.update_one(
            {"_id": self._name, "owner": self._owner}, {"$inc": {"beat": 1}}
        )
        return renewed.matched_count == 1

    async def _take(self) -> bool:
        found = await self._leases.find_one({"_id": self._name})
        if found is None:
            try:
                await self._leases.insert_one({"_id": self._name, "owner": self._owner, "beat": 0})
            except DuplicateKeyError:
                return False
            return True
        seen = (found.get("owner"), found.get("beat"))
        if seen != self._seen:
            self._seen, self._seen_at = seen, _now()
            return False
        if _now() - self._seen_at < LENGTH_SECONDS:
            return False
        taken = await self._leases.update_one(
            {"_id": self._name, "owner": seen[0], "beat": seen[1]},
            {"$set": {"owner": self._owner, "beat": 0}},
        )
        return taken.modified_count == 1


def _now() -> float:
    return asyncio.get_running_loop().time()
