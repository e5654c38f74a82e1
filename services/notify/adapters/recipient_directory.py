"""Reading recipients at the moment of sending; addresses are decrypted here and only now."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from tenacity import AsyncRetrying, RetryError, retry_if_result, stop_after_delay, wait_fixed

from services.notify.application.ports import Account
from services.notify.domain.recipient import OFFICER, SECURITY, Recipient
from services.notify.projections.recipients import FOLDED
from shared.consuming.envelope import Envelope
from shared.consuming.projections import SEEN, TOMBSTONE
from shared.database import Collection, Document
from shared.events.base import SubjectId
from shared.held_data import HeldDatum
from shared.personal import Personal
from shared.vault import Vault
from shared.zones import zone_of

PAGE: Final = 200
CATCH_UP_SECONDS: Final = 5.0
LOOK_EVERY_SECONDS: Final = 0.02
SOURCE: Final = "notify"
ACCOUNT: Final[dict[str, Any]] = {"confirmed": True, "closed": False, "erased": False}
"""Who has an account now: a proven address, neither closed nor erased."""


class RecipientDirectory:
    """The read model of recipients, opened."""

    def __init__(
        self, collection: Collection, vault: Vault, *, officer_mailbox: str, security_mailbox: str
    ) -> None:
        self._collection = collection
        mailboxes = {OFFICER: officer_mailbox, SECURITY: security_mailbox}
        self._functions = {
            one: Recipient(one, email=Personal(mailbox)) for one, mailbox in mailboxes.items()
        }
        self._vault = vault

    async def find(self, subject_id: SubjectId) -> Recipient | None:
        """Return the recipient; erased where the document is gone, `None` where there was none."""
        if subject_id in self._functions:
            return self._functions[subject_id]
        document = await self._collection.find_one({"_id": subject_id})
        if document is None:
            return None
        if TOMBSTONE in document:
            return Recipient(subject_id, erased=True)
        return _recipient(await self._vault.open_document(document))

    async def has_taken_in(self, envelope: Envelope) -> bool:
        """Wait until the read model is at least as recent as `envelope`; whether it came to be.

        The facts that cause a message also change its recipient, in another consumer group.
        """
        if not isinstance(envelope.data, FOLDED):
            return True
        looking = AsyncRetrying(
            retry=retry_if_result(lambda seen: not seen),
            stop=stop_after_delay(CATCH_UP_SECONDS),
            wait=wait_fixed(LOOK_EVERY_SECONDS),
        )
        try:
            return bool(await looking(self._has_seen, envelope))
        except RetryError:
            return False

    async def consenting(self, purpose: str) -> AsyncIterator[list[Recipient]]:
        """Yield, page by page, the people who consent to `purpose` now, as known now."""
        last = ""
        while True:
            query = {"consents": purpose, "_id": {"$gt": last}}
            found = await self._collection.find(query).sort("_id", 1).to_list(PAGE)
            if not found:
                return
            last = found[-1]["_id"]
            living = [document for document in found if TOMBSTONE not in document]
            opened = await self._vault.open_documents(living, remember=False)
            yield [_recipient(one) for one in opened]

    async def count_consenting(self, purpose: str) -> int:
        """Return how many people consent to `purpose` now."""
        return await self._collection.count_documents({"consents": purpose, "erased": False})

    async def accounts(self) -> AsyncIterator[list[Account]]:
        """Yield, page by page, who has an account now: a proven address, neither closed nor erased.

        Nothing is opened.
        """
        last = ""
        while True:
            query = {**ACCOUNT, "_id": {"$gt": last}}
            cursor = self._collection.find(query, {"language": 1}).sort("_id", 1)
            found = await cursor.to_list(PAGE)
            if not found:
                return
            last = found[-1]["_id"]
            yield [Account(SubjectId(one["_id"]), one["language"]) for one in found]

    async def addresses_since(self, subjects: Sequence[SubjectId]) -> Mapping[SubjectId, datetime]:
        """Return since when the address of each is what it is, of who has an account now.

        Nothing is opened.
        """
        query = {"_id": {"$in": list(subjects)}, **ACCOUNT, "address_since": {"$ne": None}}
        cursor = self._collection.find(query, {"address_since": 1})
        return {SubjectId(one["_id"]): one["address_since"] async for one in cursor}

    async def held(self, subject_id: SubjectId) -> list[HeldDatum]:
        """Return the copies of personal values that the read model holds (C8.1)."""
        document = await self._collection.find_one(
            {"_id": subject_id, TOMBSTONE: {"$exists": False}}
        )
        if document is None:
            return []
        opened = await self._vault.open_document(document)
        return [
            _datum(field, document[field]["category"], opened[field], document["recorded_at"])
            for field in ("email", "first_name", "zone")
            if opened[field] is not None
        ]

    async def _has_seen(self, envelope: Envelope) -> bool:
        document = await self._collection.find_one({"_id": envelope.subject}, {SEEN: 1})
        seen: dict[str, int] = document[SEEN] if document else {}
        return seen.get(f"{envelope.source}:{envelope.stream}", 0) >= envelope.sequence


def _recipient(opened: Document) -> Recipient:
    return Recipient(
        subject_id=SubjectId(opened["_id"]),
        language=opened["language"],
        email=opened["email"],
        first_name=opened["first_name"],
        zone=zone_of(_plain(opened["zone"])).key,
        consents=frozenset(opened["consents"]),
        confirmed=opened["confirmed"],
        blocked=opened["blocked"],
        closed=opened["closed"],
        archived=opened["archived"],
        address_since=opened["address_since"],
        erased=opened["erased"],
    )


def _plain(value: Personal[str] | None) -> str | None:
    return None if value is None or value.is_erased else value.text()


def _datum(field: str, category: Any, value: Personal[str], recorded_at: Any) -> HeldDatum:
    return HeldDatum(
        category=category,
        field=field,
        value=None if value.is_erased else value.text(),
        erased=value.is_erased,
        recorded_at=recorded_at,
        source=SOURCE,
    )
