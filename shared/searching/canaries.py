"""The canaries of a case: fingerprints of what goes, kept sealed until it was found nowhere.

They lie in the vault's database, so that every service searches its stores for the values of all.
Each case has a key of its own for them, which retention destroys once the case is verified.
"""

import asyncio
import base64
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.database import Database, IndexModel
from shared.events.base import SubjectId
from shared.personal import Category, Personal
from shared.searching.common_words import common_texts
from shared.searching.distinctive import canaries_of, texts_in
from shared.searching.fingerprints import Fingerprints
from shared.vault import KeyDestroyedError, KeyId, Vault

COLLECTION: Final = "canaries"
OWNER: Final = SubjectId("canaries")
"""Stands in the place of a person: what is kept is about a case."""
FIELD: Final = "fingerprints"
MOST: Final = 20_000
"""Fingerprints of one service in one case; they have to fit in a document."""

Values = Iterable[tuple[Category, Personal[Any]]]


@dataclass(frozen=True, slots=True)
class Canaries:
    """What one service has collected of a case."""

    service: str
    prints: Fingerprints
    texts: int
    """How many values are searched for."""
    not_searchable: Mapping[Category, int]
    """Values too short or too common to be told from innocent text, by category."""


def collected(service: str, values: Values) -> Canaries:
    """Return the canaries of the plain ones among `values`; what is erased has none.

    Must not be called from an event loop.
    """
    common = common_texts()
    texts: dict[str, None] = {}
    searched: set[str] = set()
    left_out: Counter[Category] = Counter()
    for category, value in values:
        if value.sealed is not None or value.is_erased:
            continue
        for text in texts_in(value.reveal()):
            found = canaries_of(text, common)
            texts |= dict.fromkeys(found)
            searched |= {text} if found else set()
            left_out[category] += not found
    prints = Fingerprints.of(texts)
    return Canaries(
        service,
        Fingerprints(prints.salt, prints.marks[:MOST]),
        len(searched),
        {category: count for category, count in left_out.items() if count},
    )


def key_of(case_id: str) -> KeyId:
    """Return the scope under which the canaries of a case are sealed."""
    return KeyId(OWNER, Category.CANARIES, case_id)


class CanaryStore:
    """Keeps the canaries of the cases that are not verified yet."""

    def __init__(self, vault_database: Database, vault: Vault) -> None:
        self._database = vault_database
        self._kept = vault_database.collection(COLLECTION)
        self._vault = vault

    async def prepare(self) -> None:
        """Create the indexes."""
        await self._database.ensure_indexes(COLLECTION, [IndexModel([("case", 1)])])

    async def keep(self, case_id: str, service: str, values: Values) -> None:
        """Keep the canaries of `values`, unless the service has kept some for the case before.

        An order that is repeated finds less, or nothing, and a case that is over takes none.
        """
        name = f"{case_id}|{service}"
        if await self._kept.find_one({"_id": name}, {"_id": 1}) is not None:
            return
        canaries = await asyncio.to_thread(collected, service, list(values))
        content = base64.b64encode(canaries.prints.packed()).decode()
        try:
            sealed = await self._vault.seal(content, key_id=key_of(case_id), field=FIELD)
        except KeyDestroyedError:
            return
        await self._kept.update_one(
            {"_id": name},
            {
                "$setOnInsert": {
                    "case": case_id,
                    "service": service,
                    "texts": canaries.texts,
                    "not_searchable": {str(c): n for c, n in canaries.not_searchable.items()},
                    "content": sealed.model_dump(mode="json"),
                }
            },
            upsert=True,
        )

    async def of(self, case_ids: Sequence[str]) -> dict[str, list[Canaries]]:
        """Return what every service has kept for each of `case_ids`."""
        found: dict[str, list[Canaries]] = {case_id: [] for case_id in case_ids}
        kept = await self._kept.find({"case": {"$in": list(case_ids)}}).to_list(None)
        for document in await self._vault.open_documents(kept):
            content: Personal[str] = document["content"]
            if content.is_erased:
                continue
            counts = document["not_searchable"]
            found[document["case"]].append(
                Canaries(
                    document["service"],
                    Fingerprints.unpacked(base64.b64decode(content.text())),
                    document["texts"],
                    {Category(category): count for category, count in counts.items()},
                )
            )
        return found

    async def forget(self, case_id: str) -> None:
        """Delete the canaries of a case; their key is destroyed by whoever may."""
        await self._kept.delete_many({"case": case_id})
