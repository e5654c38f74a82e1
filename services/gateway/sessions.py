"""Signed-in browsers. A session is known by the hash of its cookie and holds nothing personal."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.gateway.wording import Language, known
from shared.clock import Clock
from shared.database import Database, Document, IndexModel
from shared.http.auth import Role

COLLECTION: Final = "sessions"


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in on one browser, and until when."""

    key: str
    """SHA-256 of the cookie's token; the token itself is not kept."""
    subject: str
    role: Role
    language: Language | None
    expires_at: datetime


class SessionStore:
    """Sessions in the gateway's own database; they end by the clock."""

    def __init__(self, database: Database, clock: Clock, length: timedelta) -> None:
        self._database = database
        self._sessions = database.collection(COLLECTION)
        self._clock = clock
        self._length = length

    async def prepare(self) -> None:
        """Create the indexes."""
        await self._database.ensure_indexes(
            COLLECTION, [IndexModel("subject"), IndexModel("expires_at")]
        )

    async def start(self, subject: str, role: Role, language: str | None) -> str:
        """Start a session and return the token for its cookie; forget sessions that are over."""
        now = self._clock.now()
        await self._sessions.delete_many({"expires_at": {"$lte": now}})
        token = secrets.token_urlsafe(32)
        await self._sessions.insert_one(
            {
                "_id": hash_of(token),
                "subject": subject,
                "role": str(role),
                "language": language,
                "started_at": now,
                "expires_at": now + self._length,
            }
        )
        return token

    async def find(self, token: str | None) -> Session | None:
        """Return the session of a cookie, unless there is none or it is over."""
        if not token:
            return None
        found = await self._sessions.find_one({"_id": hash_of(token)})
        if found is None or found["expires_at"] <= self._clock.now():
            return None
        return Session(
            key=found["_id"],
            subject=found["subject"],
            role=Role(found["role"]),
            language=known(found["language"]),
            expires_at=found["expires_at"],
        )

    async def speak(self, session: Session, language: Language) -> None:
        """Remember that the account's language is now `language`."""
        await self._sessions.update_one({"_id": session.key}, {"$set": {"language": language}})

    async def end(self, session: Session) -> None:
        """End one session."""
        await self._sessions.delete_one({"_id": session.key})

    async def end_all(self, subject: str, *, started_before: datetime | None = None) -> int:
        """End the sessions of `subject`, all or the older ones; return how many there were."""
        which: Document = {"subject": subject}
        if started_before is not None:
            which["started_at"] = {"$lt": started_before}
        return (await self._sessions.delete_many(which)).deleted_count


def hash_of(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
