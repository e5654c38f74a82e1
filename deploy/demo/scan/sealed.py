"""Trying every encrypted value with every key there is."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shared.personal import Sealed
from shared.searching.sealed import sealed_values
from shared.vault import Vault


@dataclass(frozen=True, slots=True)
class Attempt:
    """How the attempt to open everything ended."""

    erased: int
    opened: Counter[tuple[str, str, str]]
    """Values that could be opened, by subject, category and object."""
    scopes: frozenset[tuple[str, str, str]]
    """Every scope under which something is sealed, opened or not."""


async def try_everything(vault: Vault, values: Iterable[Sealed]) -> Attempt:
    """Try to open each of `values` with `vault`."""
    erased = 0
    opened: Counter[tuple[str, str, str]] = Counter()
    sealed = list(values)
    documents = [{"value": value.model_dump(mode="json")} for value in sealed]
    scopes = frozenset((value.subject, value.category, value.object) for value in sealed)
    for value, document in zip(sealed, await vault.open_documents(documents), strict=True):
        if document["value"].is_erased:
            erased += 1
        else:
            opened[(value.subject, value.category, value.object)] += 1
    return Attempt(erased, opened, scopes)


def sealed_in_records(records: Iterable[bytes]) -> Iterator[Sealed]:
    """Yield every sealed value in those of `records` that are JSON objects."""
    for record in records:
        if record.startswith(b"{"):
            yield from sealed_values(json.loads(record))
