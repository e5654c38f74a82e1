"""Bugs that a test plants to see them found; the product has no switch for any of them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Final
from unittest.mock import patch

from services.retention.adapters.ledger import ErasureLedger
from shared.relay.outbox import Outbox


def destroy_without_entry() -> AbstractContextManager[Any]:
    """A key goes that the ledger does not know of."""

    def forgetful(_: Any, _case: str, _subject: str, scopes: Any, *_rest: Any) -> list[str]:
        return ["0" * 64 for _ in scopes]

    return patch.object(ErasureLedger, "record", forgetful)


def publish_out_of_order() -> AbstractContextManager[Any]:
    """The relay takes a commit whose predecessor it has not seen published."""

    async def ready(_: Any, commits: list[Any]) -> list[Any]:
        return commits[1:] + commits[:1]

    return patch.object(Outbox, "_ready", ready)


@dataclass(frozen=True, slots=True)
class Planted:
    """A bug, the invariants that tell of it, and where they do."""

    plant: Callable[[], AbstractContextManager[Any]]
    told_by: frozenset[str]
    seed: int = 1
    rate: float = 0.1
    most: int = 1_500


PLANTED: Final[dict[str, Planted]] = {
    "no ledger entry": Planted(destroy_without_entry, frozenset({"ledger"})),
    "out of order": Planted(publish_out_of_order, frozenset({"order"})),
}
"""Each bug with the invariants that tell of it."""
