"""Sign-ins that failed during the last day, by keyed hashes: what stuffing is recognised by."""

import hmac
from datetime import datetime
from hashlib import sha256
from typing import Final

from services.identity.adapters.email_index import normalised
from services.identity.adapters.throttle_store import network_of
from services.identity.domain.anomaly.attempts import REMEMBERED
from services.identity.domain.anomaly.facts import FailedSignIn
from shared.clock import Clock
from shared.database import Database, IndexModel
from shared.ids import new_id

COLLECTION: Final = "failed_sign_ins"
MOST: Final = 50_000
"""Of the latest, so many are looked at: more of them change no judgement."""


class FailedSignIns:
    """Notes them and hands them to the rules; nobody can be read from what is kept."""

    def __init__(self, database: Database, secret: str, clock: Clock) -> None:
        self._database = database
        self._rows = database.collection(COLLECTION)
        self._secret = secret.encode()
        self._clock = clock

    async def prepare(self) -> None:
        """Create the index that they are found and forgotten by."""
        await self._database.ensure_indexes(COLLECTION, [IndexModel([("at", 1)])])

    async def note(self, email: str, address: str) -> None:
        """Note that signing in as `email`, which need not exist, failed from `address`."""
        network = network_of(address)
        if network is None:
            # Of a caller inside the system nothing is to be learnt.
            return
        await self._rows.insert_one(
            {
                "_id": new_id(),
                "at": self._clock.now(),
                "network": self.pseudonym("network", network),
                "account": self.pseudonym("account", normalised(email)),
            }
        )

    async def lately(self) -> list[FailedSignIn]:
        """Return those of the last day."""
        since = self._clock.now() - REMEMBERED
        found = self._rows.find({"at": {"$gt": since}}).sort("at", -1).limit(MOST)
        return [FailedSignIn(one["at"], one["network"], one["account"]) async for one in found]

    async def last_at(self) -> datetime | None:
        """Return when the last one was."""
        async for one in self._rows.find({}).sort("at", -1).limit(1):
            at: datetime = one["at"]
            return at
        return None

    async def forget_old(self) -> int:
        """Delete those older than a day; return how many there were."""
        gone = await self._rows.delete_many({"at": {"$lte": self._clock.now() - REMEMBERED}})
        return gone.deleted_count

    def pseudonym(self, kind: str, value: str) -> str:
        """Return what stands for `value`: the same for the same, and nobody can undo it."""
        message = f"watch:{kind}:{value}".encode()
        return hmac.new(self._secret, message, sha256).hexdigest()[:32]
