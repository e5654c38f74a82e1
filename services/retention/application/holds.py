"""Placing, lifting and expiring legal holds."""

from collections.abc import Sequence

from services.retention.application.locks import SubjectLocks
from services.retention.domain.hold.commands import (
    ExpireHold,
    HoldCommand,
    LiftHold,
    PlaceHold,
)
from services.retention.domain.hold.decide import decide
from services.retention.domain.hold.events import HoldEvent
from services.retention.domain.hold.evolve import evolve
from services.retention.domain.hold.state import HoldState
from shared.clock import Clock
from shared.command_handler import CommandHandler
from shared.consuming.projections import ReadModel
from shared.event_store import EventStore, Metadata
from shared.events.base import SubjectId

STREAM = "hold-"


class HoldKeeper:
    """Runs the holds."""

    def __init__(
        self, store: EventStore, holds: ReadModel, clock: Clock, locks: SubjectLocks
    ) -> None:
        self._store = store
        self._holds = holds
        self._clock = clock
        self._locks = locks
        self._handler: CommandHandler[HoldCommand, HoldState, HoldEvent] = CommandHandler(
            store, initial=HoldState(), decide=decide, evolve=evolve
        )

    async def place(self, command: PlaceHold, meta: Metadata) -> str:
        """Place a hold and return its id; no key of the person is destroyed meanwhile.

        Raises:
            HoldExpiryError: it would not end, or has ended before it starts.
        """
        async with self._locks.of(command.subject_id):
            commit = await self._handler.handle(
                STREAM + command.hold_id, command, subject=command.subject_id, meta=meta
            )
        return commit.stream.removeprefix(STREAM)

    async def lift(self, hold_id: str, reviewer: str, meta: Metadata) -> None:
        """Lift a hold.

        Raises:
            HoldNotFoundError: there is no such hold.
            HoldOverError: it has ended already.
        """
        await self._run(hold_id, LiftHold(reviewer, self._clock.now()), meta)

    async def expire(self) -> int:
        """End the holds whose time is over; return how many."""
        now = self._clock.now()
        over = await self._holds.find({"lifted_at": None, "expires_at": {"$lte": now}}, limit=1000)
        expired = 0
        for hold in over:
            expired += await self._run(hold["_id"], ExpireHold(now), Metadata.system("sweep"))
        return expired

    async def _run(self, hold_id: str, command: HoldCommand, meta: Metadata) -> int:
        stream = STREAM + hold_id
        state, _ = await self._handler.state(stream)
        subject = state.subject_id or SubjectId("unknown")
        commit = await self._handler.handle(stream, command, subject=subject, meta=meta)
        return len(commit.event_ids)

    async def history(self, hold_id: str) -> Sequence[HoldEvent]:
        """Return what happened to a hold, reference and reviewers included."""
        recorded = await self._store.load(STREAM + hold_id)
        return [record.event for record in recorded]  # type: ignore[misc]
