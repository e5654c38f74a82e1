"""Signed-in browsers. A session is known by the hash of its cookie and holds nothing personal."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.gateway.devices import NO_DEVICE, Device
from services.gateway.wording import Language, known
from shared.clock import Clock
from shared.database import Database, Document, IndexModel
from shared.http.auth import Role
from shared.http.proof import Proof
from shared.ids import new_id

COLLECTION: Final = "sessions"
NOTED_EVERY: Final = timedelta(minutes=1)
"""How often at most it is written down that a session is in use."""


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in on one browser, since when, and until when."""

    key: str
    """SHA-256 of the cookie's token; the token itself is not kept."""
    id: str
    """What its owner ends it by; it opens nothing."""
    subject: str
    role: Role
    proof: Proof
    """How its owner has shown who they are, and when last."""
    language: Language | None
    device: Device
    started_at: datetime
    used_at: datetime
    """When it was last used, to the minute."""
    expires_at: datetime
    suspends_at: datetime | None = None
    """From when staff without the yearly training get at nobody's data (C7.7)."""


class SessionStore:
    """Sessions in the gateway's own database; they end by the clock, and when nobody uses them."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        length: timedelta,
        idle: timedelta | None = None,
    ) -> None:
        """Keep sessions for `length` at most, and for `idle` after they were last used."""
        self._database = database
        self._sessions = database.collection(COLLECTION)
        self._clock = clock
        self._length = length
        self._idle = idle or length

    async def prepare(self) -> None:
        """Create the indexes."""
        await self._database.ensure_indexes(
            COLLECTION, [IndexModel("subject"), IndexModel("expires_at")]
        )

    async def start(
        self,
        subject: str,
        role: Role,
        language: str | None,
        device: Device = NO_DEVICE,
        *,
        strong: bool = False,
        ends_at: datetime | None = None,
        suspends_at: datetime | None = None,
    ) -> str:
        """Start a session and return the token for its cookie; forget sessions that are over.

        It is `strong` where two factors opened it, and over at `ends_at` at the latest, when the
        role ends.
        """
        now = self._clock.now()
        end = now + self._length
        over = [{"expires_at": {"$lte": now}}, {"used_at": {"$lte": now - self._idle}}]
        await self._sessions.delete_many({"$or": over})
        token = secrets.token_urlsafe(32)
        await self._sessions.insert_one(
            {
                "_id": hash_of(token),
                "id": new_id(),
                "subject": subject,
                "role": str(role),
                "strong": strong,
                "proven_at": now,
                "language": language,
                "browser": device.browser,
                "system": device.system,
                "started_at": now,
                "suspends_at": suspends_at,
                "used_at": now,
                "expires_at": end if ends_at is None else min(end, ends_at),
            }
        )
        return token

    async def find(self, token: str | None) -> Session | None:
        """Return the session of a cookie and note its use, unless there is none or it is over."""
        if not token:
            return None
        found = await self._sessions.find_one({"_id": hash_of(token)})
        now = self._clock.now()
        if found is None or self._is_over(found, now):
            return None
        if now - found["used_at"] >= NOTED_EVERY:
            await self._sessions.update_one({"_id": found["_id"]}, {"$set": {"used_at": now}})
        return _session(found)

    async def still_open(self, keys: Collection[str]) -> set[str]:
        """Return those of the sessions with `keys` that are not over; that is no use of them."""
        now = self._clock.now()
        rows = await self._sessions.find({"_id": {"$in": list(keys)}}).to_list(None)
        return {row["_id"] for row in rows if not self._is_over(row, now)}

    async def of_subject(self, subject: str) -> Sequence[Session]:
        """Return the open sessions of `subject`, the last used first."""
        now = self._clock.now()
        rows = await self._sessions.find({"subject": subject}).to_list(None)
        running = [_session(row) for row in rows if not self._is_over(row, now)]
        return sorted(running, key=lambda session: session.used_at, reverse=True)

    async def prove(self, session: Session, *, strong: bool) -> str:
        """Note that the owner of `session` has just shown who they are; return its new token.

        The session goes on under another token, as after each authentication (ASVS 7.2.4).
        """
        row = await self._sessions.find_one({"_id": session.key})
        token = secrets.token_urlsafe(32)
        if row is not None:
            proven = {"strong": strong, "proven_at": self._clock.now()}
            await self._sessions.insert_one({**row, "_id": hash_of(token), **proven})
            await self._sessions.delete_one({"_id": session.key})
        return token

    async def speak(self, session: Session, language: Language) -> None:
        """Remember that the account's language is now `language`."""
        await self._sessions.update_one({"_id": session.key}, {"$set": {"language": language}})

    async def suspend(self, subject: str, at: datetime | None) -> None:
        """Note from when every session of `subject` gets at nobody's data; `None`: from never."""
        await self._sessions.update_many({"subject": subject}, {"$set": {"suspends_at": at}})

    async def end(self, session: Session) -> None:
        """End one session."""
        await self._sessions.delete_one({"_id": session.key})

    async def end_one(self, subject: str, session_id: str) -> bool:
        """End the session `session_id` if it is one of `subject`; whether there was one."""
        ended = await self._sessions.delete_one({"id": session_id, "subject": subject})
        return ended.deleted_count == 1

    async def end_all(self, subject: str, *, started_before: datetime | None = None) -> int:
        """End the sessions of `subject`, all or the older ones; return how many there were."""
        which: Document = {"subject": subject}
        if started_before is not None:
            which["started_at"] = {"$lt": started_before}
        return (await self._sessions.delete_many(which)).deleted_count

    def _is_over(self, row: Document, now: datetime) -> bool:
        return bool(row["expires_at"] <= now or row["used_at"] + self._idle <= now)


def hash_of(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _session(row: Document) -> Session:
    return Session(
        key=row["_id"],
        id=row["id"],
        subject=row["subject"],
        role=Role(row["role"]),
        proof=_proof(row),
        language=known(row["language"]),
        device=Device(row["browser"], row["system"]),
        started_at=row["started_at"],
        used_at=row["used_at"],
        expires_at=row["expires_at"],
        suspends_at=row.get("suspends_at"),
    )


def _proof(row: Document) -> Proof:
    # Sessions that began before there were second factors know of none.
    return Proof(row.get("proven_at") or row["started_at"], bool(row.get("strong")))
