"""Finding an account by e-mail address without keeping the address: a keyed, blind index.

So is the member of staff found to whom a subject of the external provider was linked.

A row counts only as long as the owner's address can be read: with the key of the address the row is
dead, also where it was brought back out of a backup. An address that its owner has left is kept
`until` a date, so that nobody else takes it while the change can be stopped.
"""

import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from email_validator import validate_email

from shared.clock import Clock
from shared.database import Database, Document, DuplicateKeyError, IndexModel
from shared.event_store import EventStore
from shared.events.base import SubjectId
from shared.personal import WHOLE, Category
from shared.vault import KeyId, Vault

COLLECTION: Final = "email_index"
ORPHAN_AFTER: Final = timedelta(minutes=10)
"""A reservation whose account never came to be is free again after this."""


KEY_OF_ADDRESS: Final = {
    "learner": Category.CONTACT,
    "staff": Category.STAFF,
    "prospect": Category.PROSPECT,
}
"""The category whose key an owner's address is sealed under."""


class Owner(NamedTuple):
    """Whose address it is."""

    subject: SubjectId
    kind: str
    """`learner`, `staff` or `prospect`."""

    @property
    def address_key(self) -> KeyId:
        """The key that the owner's address is sealed under."""
        return KeyId(self.subject, KEY_OF_ADDRESS[self.kind], WHOLE)


class EmailIndex:
    """Maps keyed tokens of addresses to accounts; one address belongs to one account of a kind."""

    def __init__(self, database: Database, vault: Vault, store: EventStore, clock: Clock) -> None:
        self._database = database
        self._rows = database.collection(COLLECTION)
        self._vault = vault
        self._store = store
        self._clock = clock

    async def prepare(self) -> None:
        """Create the indexes."""
        await self._database.ensure_indexes(
            COLLECTION, [IndexModel([("subject", 1)]), IndexModel([("until", 1)], sparse=True)]
        )

    async def find_account(self, email: str) -> Owner | None:
        """Return the learner or member of staff with this address."""
        return await self._find(email, "account")

    async def find_prospect(self, email: str) -> Owner | None:
        """Return the prospect with this address."""
        return await self._find(email, "prospect")

    async def find_linked(self, issuer: str, subject: str) -> Owner | None:
        """Return the member of staff to whom `subject` of the provider `issuer` was linked last."""
        return await self._find_row(self._link(issuer, subject))

    async def link(self, issuer: str, subject: str, owner: Owner) -> None:
        """Let `subject` of the provider `issuer` lead to `owner` alone, and nothing else of it.

        The owner's state decides whether the link counts; repeating it changes nothing.
        """
        token = self._link(issuer, subject)
        row = {"subject": owner.subject, "kind": owner.kind, "linked": True}
        await self._rows.update_one({"_id": token}, {"$set": row}, upsert=True)
        others = {"subject": owner.subject, "linked": True, "_id": {"$ne": token}}
        await self._rows.delete_many(others)

    async def reserve(self, email: str, owner: Owner, *, until: datetime | None = None) -> bool:
        """Give the address to `owner` before the account is recorded; `False` if another has it.

        With `until` it is free again from then on, unless `settle` makes it the owner's. Of two
        concurrent reservations one wins; a reservation that led to nothing is reclaimed.
        """
        row = {
            "_id": self._token(email, _space(owner)),
            "subject": owner.subject,
            "kind": owner.kind,
            "reserved_at": self._clock.now(),
            **({} if until is None else {"until": until}),
        }
        if await self._insert(row):
            return True
        if await self._find(email, _space(owner)) is None:
            # It was the row of somebody forgotten, or of an address left, and is gone now.
            return await self._insert(row)
        return await self._reclaim(row)

    async def renew(self, email: str, owner: Owner) -> bool:
        """Start `ORPHAN_AFTER` anew just before the account is recorded; `False`: it was reclaimed.

        Whoever gets `False` has lost the address and must record nothing.
        """
        renewed = await self._rows.update_one(
            {"_id": self._token(email, _space(owner)), "subject": owner.subject},
            {"$set": {"reserved_at": self._clock.now()}},
        )
        return renewed.matched_count == 1

    async def settle(self, owner: Owner, email: str, left: Mapping[str, datetime]) -> None:
        """Make `email` the owner's address, and those of `left` until their date; no others.

        Repeating it changes nothing.
        """
        await self.reserve(email, owner)
        kept: dict[str, datetime | None] = {self._token(email, _space(owner)): None}
        kept |= {self._token(one, _space(owner)): until for one, until in left.items()}
        for token, until in kept.items():
            change = {"$unset": {"until": ""}} if until is None else {"$set": {"until": until}}
            await self._rows.update_one({"_id": token, "subject": owner.subject}, change)
        await self._rows.delete_many({"subject": owner.subject, "_id": {"$nin": list(kept)}})

    async def forget_left(self) -> int:
        """Delete the rows of addresses that their owners left long enough ago; return how many."""
        gone = await self._rows.delete_many({"until": {"$lte": self._clock.now()}})
        return gone.deleted_count

    async def forget(self, subject: SubjectId) -> int:
        """Delete every row of `subject` and return how many there were."""
        return (await self._rows.delete_many({"subject": subject})).deleted_count

    async def forget_erased(self) -> int:
        """Delete the rows of people whose address was forgotten; return how many there were.

        A restore brings rows back, and the keys that went with them stay destroyed.
        """
        forgotten = 0
        async for row in self._rows.find({}, {"subject": 1, "kind": 1}):
            owner = Owner(SubjectId(row["subject"]), row["kind"])
            if await self._vault.is_closed(owner.address_key):
                await self._bury(row["_id"], owner.subject)
                forgotten += 1
        return forgotten

    async def _find(self, email: str, space: str) -> Owner | None:
        return await self._find_row(self._token(email, space))

    async def _find_row(self, token: str) -> Owner | None:
        row = await self._rows.find_one({"_id": token})
        if row is None:
            return None
        owner = Owner(SubjectId(row["subject"]), row["kind"])
        left = "until" in row and row["until"] <= self._clock.now()
        if left or await self._vault.is_closed(owner.address_key):
            await self._bury(row["_id"], owner.subject)
            return None
        return owner

    async def _insert(self, row: Document) -> bool:
        try:
            await self._rows.insert_one(row)
        except DuplicateKeyError:
            return False
        return True

    async def _bury(self, token: str, subject: SubjectId) -> None:
        """Delete the row of somebody forgotten, unless the address has a new owner already."""
        await self._rows.delete_one({"_id": token, "subject": subject})

    async def _reclaim(self, row: Document) -> bool:
        taken = await self._rows.find_one({"_id": row["_id"]})
        if taken is None:
            return False
        if taken["subject"] == row["subject"]:
            return True
        if self._clock.now() - taken["reserved_at"] < ORPHAN_AFTER:
            return False
        if await self._store.load_subject(SubjectId(taken["subject"])):
            return False
        # Unchanged since it was read: a holder that has just renewed it keeps it.
        unchanged = {
            "_id": row["_id"],
            "subject": taken["subject"],
            "reserved_at": taken["reserved_at"],
        }
        replaced = await self._rows.replace_one(unchanged, row)
        return replaced.modified_count == 1

    def _token(self, email: str, space: str) -> str:
        return self._vault.blind_index(f"{space}:{normalised(email)}")

    def _link(self, issuer: str, subject: str) -> str:
        return self._vault.blind_index(f"provider:{issuer} {subject}")


def _space(owner: Owner) -> str:
    return "prospect" if owner.kind == "prospect" else "account"


def normalised(email: str) -> str:
    """Return the address as it is compared: validated, Unicode-normalised, case-folded.

    A domain has one form however it is written (IDNA 2008). It is not folded any further: what
    folding makes one, such as ß and ss, are two domains and may be two owners'.

    Raises:
        email_validator.EmailNotValidError: it is no e-mail address.
    """
    found = validate_email(email, check_deliverability=False, test_environment=True)
    local = unicodedata.normalize("NFC", found.local_part.casefold())
    return f"{local}@{found.domain}"
