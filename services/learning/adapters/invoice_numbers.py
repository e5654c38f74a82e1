"""Where the search for the next free invoice number starts.

Only a hint: a number is taken by the append of its invoice and by nothing else, so a hint that is
behind (a crash, a restore) costs a few more looks and can never leave a gap.
"""

from typing import Final

from shared.database import Database

COLLECTION: Final = "invoice_numbers"


class InvoiceNumbers:
    """The next sequence number of each accounting year, as far as is known."""

    def __init__(self, database: Database) -> None:
        self._years = database.collection(COLLECTION)

    async def first_to_try(self, year: int) -> int:
        """Return a sequence number of `year` below which every one is taken."""
        document = await self._years.find_one({"_id": year})
        return 1 if document is None else int(document["next"])

    async def taken(self, year: int, sequence: int) -> None:
        """Remember that `sequence`, and so every number below it, is taken."""
        await self._years.update_one({"_id": year}, {"$max": {"next": sequence + 1}}, upsert=True)
