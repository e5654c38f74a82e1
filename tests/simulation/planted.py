"""Bugs that a test plants to see them found; the product has no switch for any of them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from unittest.mock import patch

from services.identity.adapters.links import Links
from services.retention.adapters.ledger import ErasureLedger
from services.retention.application.cases import CaseRunner
from services.retention.application.holds import HoldKeeper
from services.retention.application.sweep import Sweep
from services.retention.domain.calendar import Term, add_term
from services.retention.domain.clocks import timing
from shared.clock import Clock
from shared.consuming import projections
from shared.consuming.folding import fresh_among
from shared.http.idempotency import KeyedRequests
from shared.relay.outbox import Outbox
from shared.requests import RequestIdentity
from shared.vault import DataKeys, KeyId
from tests.simulation.system import WriterLock

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

    return patch.object(timing, "add_term", shorter)


def count_terms(days: int) -> Bug:
    """Return the bug that every term is so many days too long."""

    def plant() -> AbstractContextManager[Any]:
        def longer(anchor: datetime, term: Term) -> datetime:
            return add_term(anchor, term) + timedelta(days=days)

        return patch.object(timing, "add_term", longer)

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


def tidy_tombstones_away() -> AbstractContextManager[Any]:
    """Once a key is gone its tombstone goes too, and the scope may get a key again."""
    destroy = DataKeys.destroy

    async def tidied(keys: DataKeys, ids: Sequence[KeyId]) -> None:
        await destroy(keys, ids)
        texts = [key_id.text() for key_id in ids]
        await keys._tombstones._stones.delete_many({"_id": {"$in": texts}})

    return patch.object(DataKeys, "destroy", tidied)


def remember_the_last_stream_alone() -> AbstractContextManager[Any]:
    """A read model forgets of all streams but the newest how far it has come."""

    def forgetful(events: Any, seen: dict[str, int]) -> Any:
        fresh = fresh_among(events, seen)
        for stream in list(seen)[:-1]:
            del seen[stream]
        return fresh

    return patch.object(projections, "fresh_among", forgetful)


def leave_commits_marked() -> AbstractContextManager[Any]:
    """What Kafka has acknowledged stays in the outbox."""

    async def nothing(_: Any, __: Any) -> None:
        return None

    return patch.object(Outbox, "unmark", nothing)


def keep_the_lock_of_a_request() -> AbstractContextManager[Any]:
    """A request that is sent again waits for its first sending, which never lets go."""
    original = KeyedRequests.recognised

    @asynccontextmanager
    async def waiting(
        requests: KeyedRequests, request: RequestIdentity
    ) -> AsyncIterator[RequestIdentity]:
        held: dict[Any, asyncio.Lock] = requests.__dict__.setdefault("held", {})
        await held.setdefault(request.command_id or object(), asyncio.Lock()).acquire()
        async with original(requests, request) as known:
            yield known

    return patch.object(KeyedRequests, "recognised", waiting)


def let_links_expire_at_once() -> AbstractContextManager[Any]:
    """A link in a letter lasts no longer than the letter needs to arrive."""
    init = Links.__init__

    def hasty(links: Links, secret: str, purpose: str, _: timedelta, clock: Clock) -> None:
        init(links, secret, purpose, timedelta(), clock)

    return patch.object(Links, "__init__", hasty)


def let_two_write_the_ledger() -> AbstractContextManager[Any]:
    """A process that should stand by writes, places holds and destroys keys as well."""
    return patch.object(WriterLock, "claim", lambda _: None)


def mistake_where_errors_are_logged() -> AbstractContextManager[Any]:
    """A typing error in a sweep, which goes on with the next one."""

    async def mistaken(keeper: Any) -> int:
        told: int = keeper.disclosed
        return told

    return patch.object(HoldKeeper, "disclose", mistaken)


@dataclass(frozen=True, slots=True)
class Planted:
    """A bug, the invariant that tells of it, and where it does."""

    plant: Bug
    told_by: str
    seed: int = 1
    rate: float = 0.02
    most: int = 1_500


PLANTED: Final[dict[str, Planted]] = {
    "terms too long": Planted(count_terms(2), "outlived"),
    "terms too short": Planted(count_terms(-2), "early", seed=2, rate=0.06),
    "legal minimum forgotten": Planted(forget_legal_minimum, "minimum"),
    "later holds ignored": Planted(ignore_later_holds, "hold"),
    "cases left alone": Planted(leave_cases_alone, "endless", seed=4, rate=0.06),
    "no ledger entry": Planted(destroy_without_entry, "ledger"),
    "out of order": Planted(publish_out_of_order, "order"),
    "tombstones tidied away": Planted(tidy_tombstones_away, "revived"),
    "streams forgotten": Planted(remember_the_last_stream_alone, "fold"),
    "outbox never emptied": Planted(leave_commits_marked, "standstill"),
    "lock kept": Planted(keep_the_lock_of_a_request, "deadlock", seed=1),
    "links expire at once": Planted(let_links_expire_at_once, "refused"),
    "two write the ledger": Planted(let_two_write_the_ledger, "ledger", seed=2),
    "a mistake": Planted(mistake_where_errors_are_logged, "broken"),
}
"""Each bug with the invariant that tells of it."""
