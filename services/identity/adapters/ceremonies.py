"""What was begun and waits for the person's next step: where every replica sees it, for minutes.

A ceremony is a sign-in whose password was right, or a challenge that a passkey is to sign. It is
known by the hash of a random token, which its browser holds, and it serves once.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, Literal

from shared.clock import Clock
from shared.database import Database, Document, IndexModel
from shared.events.base import SubjectId

COLLECTION: Final = "ceremonies"
LIFETIME: Final = timedelta(minutes=5)

Purpose = Literal["sign-in", "passkey-sign-in", "passkey-enrolment", "passkey-confirmation"]


class CeremonyOverError(Exception):
    """It was never begun, has served, or its minutes are over."""


@dataclass(frozen=True, slots=True)
class Ceremony:
    """Something begun."""

    subject: SubjectId | None
    """Whose it is, where that is known already."""
    challenge: bytes
    """What a passkey is to sign; empty where none is."""
    mark: str
    """What the account's password was marked by; empty where no password was given."""
    until: datetime


class Ceremonies:
    """Keeps ceremonies until they serve or are over."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._rows = database.collection(COLLECTION)
        self._clock = clock

    async def prepare(self) -> None:
        """Create the index that finds what is over."""
        await self._database.ensure_indexes(COLLECTION, [IndexModel([("until", 1)])])

    async def begin(
        self,
        purpose: Purpose,
        subject: SubjectId | None = None,
        *,
        challenge: bytes = b"",
        mark: str = "",
    ) -> tuple[str, datetime]:
        """Begin a ceremony and return its token and until when it lasts."""
        token = secrets.token_urlsafe(32)
        until = self._clock.now() + LIFETIME
        await self._rows.insert_one(
            {
                "_id": _hash_of(token),
                "purpose": purpose,
                "subject": subject,
                "challenge": challenge.hex(),
                "mark": mark,
                "until": until,
            }
        )
        return token, until

    async def find(self, token: str, purpose: Purpose) -> Ceremony:
        """Return the ceremony of `token`, which goes on.

        Raises:
            CeremonyOverError: there is none.
        """
        row = await self._rows.find_one({"_id": _hash_of(token), "purpose": purpose})
        return self._running(row)

    async def take(self, token: str, purpose: Purpose) -> Ceremony:
        """Return the ceremony of `token` and end it: of two who ask, one gets it.

        Raises:
            CeremonyOverError: there is none.
        """
        row = await self._rows.find_one_and_delete({"_id": _hash_of(token), "purpose": purpose})
        return self._running(row)

    async def forget_old(self) -> int:
        """Delete what is over; return how many there were."""
        gone = await self._rows.delete_many({"until": {"$lte": self._clock.now()}})
        return gone.deleted_count

    def _running(self, row: Document | None) -> Ceremony:
        if row is None or self._clock.now() >= row["until"]:
            raise CeremonyOverError
        subject = None if row["subject"] is None else SubjectId(row["subject"])
        return Ceremony(subject, bytes.fromhex(row["challenge"]), row["mark"], row["until"])


def _hash_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()
