"""Leases of the relay's shards, right whatever the replicas' clocks say.

One document per service says who is there and who has which shard. Every replica beats: it puts a
fresh token under its name. One whose token stands still for the lease's length, by the monotonic
clock of whoever watches, counts as gone: no instant is ever compared between two machines. A
replica stops using its shards before anybody else may take them.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from shared.database import AFTER, Collection, Document, DuplicateKeyError
from shared.ids import new_id
from shared.relay.shards import Owners, to_give, to_take

LENGTH_SECONDS: Final = 6.0
RENEWED_AFTER_SECONDS: Final = 2.0
USED_FOR_SECONDS: Final = 5.0
"""How long after a beat its replica relies on it: less than the others wait."""

_DOCUMENT: Final = "relay"


class ShardLeases:
    """One replica's view of who relays which shard."""

    def __init__(self, leases: Collection) -> None:
        self._leases = leases
        self._replica = new_id()
        self._beaten_at: float | None = None
        self._seen: dict[str, tuple[str, float]] = {}
        self.shards: frozenset[int] = frozenset()
        """The shards this replica has."""

    @property
    def valid(self) -> bool:
        """Whether nobody else can have taken the shards yet; asks nobody."""
        return self._beaten_at is not None and _now() - self._beaten_at < USED_FOR_SECONDS

    @property
    def due(self) -> bool:
        """Whether it is time to beat."""
        return self._beaten_at is None or _now() - self._beaten_at >= RENEWED_AFTER_SECONDS

    async def hold(self) -> None:
        """Beat when that is due; take what is free, and give what is more than a fair share.

        To be called while nothing of the shards is under way.

        Raises:
            PyMongoError: the database is away; the shards are as they were.
        """
        if not self.due:
            return
        asked_at = _now()
        document = await self._beat()
        members: dict[str, str] = document["members"]
        owners = {int(shard): owner for shard, owner in document.get("shards", {}).items()}
        living = self._living(members)
        for member in members.keys() - living:
            await self._bury(member, members[member])
        mine = frozenset(shard for shard, owner in owners.items() if owner == self._replica)
        if give := to_give(self._replica, living, owners):
            await self._leases.update_one(
                {"_id": _DOCUMENT}, {"$unset": {f"shards.{shard}": "" for shard in give}}
            )
        elif take := to_take(self._replica, living, owners):
            mine |= take if await self._take(take, owners) else frozenset()
        self._beaten_at, self.shards = asked_at, mine - give

    async def release(self) -> None:
        """Leave, so that others take the shards when they next look."""
        self._beaten_at, self.shards = None, frozenset()
        await self._leases.update_one(
            {"_id": _DOCUMENT}, {"$unset": {f"members.{self._replica}": ""}}
        )

    async def _beat(self) -> Document:
        beat = {"$set": {f"members.{self._replica}": new_id()}}
        query = {"_id": _DOCUMENT}
        try:
            found = await self._leases.find_one_and_update(
                query, beat, upsert=True, return_document=AFTER
            )
        except DuplicateKeyError:  # another replica has just made the document
            found = await self._leases.find_one_and_update(query, beat, return_document=AFTER)
        document: Document = found
        return document

    def _living(self, members: Mapping[str, str]) -> set[str]:
        """Return those of `members` whose tokens have changed lately."""
        now = _now()
        seen = {member: self._seen.get(member, ("", now)) for member in members}
        self._seen = {
            member: seen[member] if seen[member][0] == token else (token, now)
            for member, token in members.items()
        }
        return {
            member
            for member, (_, seen_at) in self._seen.items()
            if member == self._replica or now - seen_at < LENGTH_SECONDS
        }

    async def _bury(self, member: str, token: str) -> None:
        """Strike `member` off, unless it has beaten meanwhile."""
        await self._leases.update_one(
            {"_id": _DOCUMENT, f"members.{member}": token}, {"$unset": {f"members.{member}": ""}}
        )

    async def _take(self, shards: frozenset[int], owners: Owners) -> bool:
        """Take `shards`, if whoever had them is still gone and nobody else was quicker."""
        unchanged: dict[str, Any] = {"_id": _DOCUMENT}
        for shard in shards:
            owner = owners.get(shard)
            unchanged[f"shards.{shard}"] = owner or {"$exists": False}
            if owner is not None:
                unchanged[f"members.{owner}"] = {"$exists": False}
        taken = {f"shards.{shard}": self._replica for shard in shards}
        return (await self._leases.update_one(unchanged, {"$set": taken})).matched_count == 1


def _now() -> float:
    return asyncio.get_running_loop().time()
