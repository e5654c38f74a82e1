"""Bugs that a test plants to see them found; the product has no switch for any of them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from unittest.mock import patch

from services.retention.adapters.ledger import ErasureLedger
from services.retention.application.cases import CaseRunner
from services.retention.application.sweep import Sweep
from services.retention.domain.calendar import Term, add_term
from services.retention.domain.clocks import compute
from shared.relay.outbox import Outbox

Bug = Callable[[], AbstractContextManager[Any]]


def destroy_without_entry() -> AbstractContextManager[Any]:
    """A key goes that the ledger does not know of."""

    def forgetful(_: Any, _case: str, _subject: str, scopes: Any, *_rest: Any) -> list[str]:
        return ["0" * 64 for _ in scopes]

    return patch.object(ErasureLedger, "record", forgetful)


def ignore_later_holds() -> AbstractContextManager[Any]:
    """A hold that is placed once a case is open is not looked at again."""

    async def nothing_kept(_: Any, _case: Any) -> None:
        return None

    return patch.object(CaseRunner, "_withhold", nothing_kept)


def forget_legal_minimum() -> AbstractContextManager[Any]:
    """What the law wants to be kept for ten years goes after a month."""

    def shorter(anchor: datetime, term: Term) -> datetime:
        return anchor + timedelta(days=30) if term.years >= 10 else add_term(anchor, term)

    return patch.object(compute, "add_term", shorter)


def count_terms(days: int) -> Bug:
    """Return the bug that every term is so many days too long."""

    def plant() -> AbstractContextManager[Any]:
        def longer(anchor: datetime, term: Term) -> datetime:
            return add_term(anchor, term) + timedelta(days=days)

        return patch.object(compute, "add_term", longer)

    return plant


def leave_cases_alone() -> AbstractContextManager[Any]:
    """No sweep takes on a case that waits."""

    async def nothing(*_: Any) -> None:
        return None

    return patch.object(Sweep, "_advance", nothing)


def publish_out_of_order() -> AbstractContextManager[Any]:
    """The relay takes a commit whose predecessor it has not seen published."""

    async def ready(_: Any, commits: list[Any]) -> list[Any]:
        return commits[1:] + commits[:1]

    return patch.object(Outbox, "_ready", ready)


@dataclass(frozen=True, slots=True)
class Planted:
    """A bug, the invariants that tell of it, and where they do."""

    plant: Bug
    told_by: frozenset[str]
    seed: int = 1
    rate: float = 0.02
    most: int = 1_500


PLANTED: Final[dict[str, Planted]] = {
    "terms too long": Planted(count_terms(2), frozenset({"outlived"})),
    "terms too short": Planted(count_terms(-2), frozenset({"early"})),
    "legal minimum forgotten": Planted(forget_legal_minimum, frozenset({"minimum"})),
    "later holds ignored": Planted(ignore_later_holds, frozenset({"hold"})),
    "cases left alone": Planted(leave_cases_alone, frozenset({"endless"})),
    "no ledger entry": Planted(destroy_without_entry, frozenset({"ledger"})),
    "out of order": Planted(publish_out_of_order, frozenset({"order"})),
}
"""Each bug with the invariants that tell of it."""
