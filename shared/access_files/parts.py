"""Where a service keeps its parts of access files: sealed, and no longer than what is in them."""

from collections.abc import Mapping
from datetime import datetime
from hmac import compare_digest
from typing import Final

from shared.access_files.model import AccessPart, Contribute
from shared.consuming.envelope import Envelope
from shared.consuming.reactions import Reaction
from shared.database import Database, IndexModel
from shared.erasure import ErasureOrder
from shared.event_store import ConcurrencyConflictError, EventStore, Metadata
from shared.events.access_files import AccessPartMade
from shared.events.base import SubjectId
from shared.events.identity import AccessFileDelayed, AccessFileRequested
from shared.packaging import sha256_of
from shared.personal import Category
from shared.topics import events_topic
from shared.vault import KeyClosedError, KeyId, Vault

COLLECTION: Final = "access_parts"
REACTION: Final = "access-part"
LARGEST_ROW_BYTES: Final = 4 * 1024 * 1024
"""A document store takes no more than 16 MiB at once."""
Asked = AccessFileRequested | AccessFileDelayed


class PartGoneError(Exception):
    """There is no such part for whoever shows that key: it never was, or is no more."""


class AccessParts:
    """Composes, keeps, hands out and forgets one service's parts.

    A part is sealed under the key of its file and under that of every value in it: it can be read
    by who could read all of them, until the first of them is forgotten (`Vault.seal_within`).
    """

    def __init__(
        self,
        service: str,
        contribute: Contribute,
        *,
        store: EventStore,
        vault: Vault,
        database: Database,
    ) -> None:
        self._service = service
        self._contribute = contribute
        self._store = store
        self._vault = vault
        self._database = database
        self._rows = database.collection(COLLECTION)

    async def prepare(self) -> None:
        """Create the index by which an erasure finds them."""
        index = IndexModel([("subject", 1), ("scopes", 1)])
        await self._database.ensure_indexes(COLLECTION, [index, IndexModel([("file", 1)])])

    def reaction(self) -> Reaction:
        """Return the reaction that composes the part when a file is asked for."""
        return Reaction(
            REACTION,
            (events_topic("identity"),),
            {AccessFileRequested: self.make, AccessFileDelayed: self.make},
        )

    async def make(self, envelope: Envelope) -> None:
        """Compose and seal the part as of now, then say so; once, however often it is asked for.

        Kept before it is told of: a part that is told of is there.
        """
        asked = envelope.data
        if not isinstance(asked, Asked):
            raise TypeError(envelope.type)
        if isinstance(asked, AccessFileDelayed) and self._service not in asked.services:
            return
        if await self._store.load(stream_of(asked.file_id)):
            await self._store.announce_again(stream_of(asked.file_id))
            return
        part = await self._composed(asked, envelope.time)
        content = part.model_dump_json().encode()
        digest = sha256_of(content)
        try:
            await self._keep(asked, part, content, digest)
        except KeyClosedError:
            # The person has been erased meanwhile: there is nobody left to tell.
            return
        made = AccessPartMade(
            subject_id=asked.subject_id,
            file_id=asked.file_id,
            service=self._service,
            made_at=part.made_at,
            values=part.told,
            size=len(content),
            sha256=digest,
        )
        try:
            await self._store.append(
                stream_of(asked.file_id),
                0,
                [made],
                subject=asked.subject_id,
                meta=Metadata.caused_by(envelope, REACTION),
            )
        except ConcurrencyConflictError:
            # Another replica was faster: its part is the one that is told of.
            await self._drop_all_but_told(asked.file_id)

    async def content(self, file_id: str, key: str) -> str:
        """Return the part as it was sealed, JSON of `AccessPart`.

        Raises:
            PartGoneError: there is none for that key, it is over, or a value in it was forgotten.
        """
        made = await self._told(file_id)
        if made is None:
            raise PartGoneError
        query = {"file": file_id, "sha256": made.sha256}
        rows = await self._rows.find(query).sort("_id", 1).to_list(None)
        if not rows or not compare_digest(rows[0]["key_digest"], sha256_of(key.encode())):
            raise PartGoneError
        sealed = b"".join(bytes(row["content"]) for row in rows)
        scopes = [KeyId.parse(text) for text in rows[0]["scopes"]]
        content = await self._vault.open_within(sealed, scopes)
        if content is None or sha256_of(content) != made.sha256:
            raise PartGoneError
        return content.decode()

    async def forget(self, order: ErasureOrder) -> None:
        """Delete every part that holds anything of what is ordered to be forgotten."""
        subject = order.order.subject_id
        scopes = [KeyId(subject, one.category, one.object).text() for one in order.order.scopes]
        await self._rows.delete_many({"subject": subject, "scopes": {"$in": scopes}})

    async def forget_erased(self) -> int:
        """Delete the parts whose key is gone, which a restore brought back; return how many."""
        forgotten = 0
        async for row in self._rows.find({}, {"subject": 1, "file": 1}):
            if await self._vault.is_destroyed(_key(SubjectId(row["subject"]), row["file"])):
                forgotten += (await self._rows.delete_one({"_id": row["_id"]})).deleted_count
        return forgotten

    async def _composed(self, asked: Asked, at: datetime) -> AccessPart:
        told = await self._contribute(asked.subject_id, asked.language)
        return AccessPart(
            service=self._service,
            file_id=asked.file_id,
            made_at=at,
            values=told.values,
            facts=told.facts,
            attachments=told.attachments,
            terms=told.terms,
            recipients=told.recipients,
            readings=told.readings,
        )

    async def _keep(self, asked: Asked, part: AccessPart, content: bytes, digest: str) -> None:
        file_key = _key(asked.subject_id, asked.file_id)
        # A new file has no key yet: sealing a value makes it.
        await self._vault.seal("file", key_id=file_key, field="file")
        scopes = [file_key, *await self._scopes(asked.subject_id, part)]
        sealed = await self._vault.seal_within(content, scopes)
        if sealed is None:
            raise KeyClosedError(Category.ACCESS_FILE)
        row: Mapping[str, object] = {
            "file": asked.file_id,
            "subject": asked.subject_id,
            "sha256": digest,
            "key_digest": asked.key_digest,
            "scopes": [scope.text() for scope in scopes],
        }
        for number, start in enumerate(range(0, len(sealed), LARGEST_ROW_BYTES)):
            name = f"{asked.file_id}:{digest}:{number:06}"
            piece = sealed[start : start + LARGEST_ROW_BYTES]
            kept = {**row, "_id": name, "content": piece}
            await self._rows.replace_one({"_id": name}, kept, upsert=True)

    async def _scopes(self, subject: SubjectId, part: AccessPart) -> list[KeyId]:
        """Return the keys of all values in `part` that this service can open, in a fixed order."""
        told = {
            KeyId(subject, one.category, one.object) for one in part.values if not one.erased
        } | {KeyId(subject, Category.SUPPORT, one.object) for one in part.attachments}
        return sorted(
            scope
            for scope in told & set(await self._vault.live_keys(subject))
            if self._vault.holds(scope.category)
        )

    async def _told(self, file_id: str) -> AccessPartMade | None:
        for record in await self._store.load(stream_of(file_id)):
            if isinstance(record.event, AccessPartMade):
                return record.event
        return None

    async def _drop_all_but_told(self, file_id: str) -> None:
        made = await self._told(file_id)
        if made is not None:
            other = {"file": file_id, "sha256": {"$ne": made.sha256}}
            await self._rows.delete_many(other)


def stream_of(file_id: str) -> str:
    """Return the stream that says of a part that it was made."""
    return f"access-part-{file_id}"


def _key(subject: SubjectId, file_id: str) -> KeyId:
    return KeyId(subject, Category.ACCESS_FILE, file_id)
