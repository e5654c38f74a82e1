"""Placing, reviewing, extending, lifting and expiring legal holds."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.retention.application.locks import SubjectLocks
from services.retention.application.matters import MatterKeeper
from services.retention.domain.errors import HoldNotFoundError, HoldOverError
from services.retention.domain.hold.commands import (
    DiscloseHold,
    ExpireHold,
    ExtendHold,
    HoldCommand,
    LiftHold,
    PlaceHold,
    RemindReview,
    ReviewHold,
)
from services.retention.domain.hold.decide import REMINDED_BEFORE, decide
from services.retention.domain.hold.events import HoldEvent, Reason
from services.retention.domain.hold.evolve import evolve
from services.retention.domain.hold.state import HoldState
from services.retention.domain.matter.commands import OpenMatter
from shared.clock import Clock
from shared.command_handler import CommandHandler
from shared.consuming.projections import ReadModel
from shared.event_store import EventStore, Metadata

STREAM = "hold-"
AT_ONCE: Final = 1000
"""Holds that one sweep attends to; the next goes on."""


class HoldKeeper:
    """Runs the holds."""

    def __init__(
        self,
        store: EventStore,
        *,
        holds: ReadModel,
        matter_list: ReadModel,
        matters: MatterKeeper,
        clock: Clock,
        locks: SubjectLocks,
    ) -> None:
        self._store = store
        self._holds = holds
        self._matter_list = matter_list
        self._matters = matters
        self._clock = clock
        self._locks = locks
        self._handler: CommandHandler[HoldCommand, HoldState, HoldEvent] = CommandHandler(
            store, initial=HoldState(), decide=decide, evolve=evolve
        )

    async def place(self, command: PlaceHold, meta: Metadata) -> str:
        """Place a hold and return its id; no key of the person is destroyed meanwhile.

        A hold whose matter has its own id is the first of a matter that is opened with it.

        Raises:
            HoldExpiryError: it would not end, or keep nothing.
            ReviewDateError: it would not be reviewed within twelve months.
            MatterNotFoundError: there is no such matter.
            MatterOverError: the matter has been closed.
        """
        # A hold that would be refused opens no matter.
        decide(command, HoldState())
        async with self._matters.locks.of(command.matter_id):
            if command.matter_id == command.hold_id:
                await self._matters.open(_own_matter(command), meta.for_step("matter"))
            await self._matters.in_progress(command.matter_id)
            async with self._locks.of(command.subject_id):
                commit = await self._handler.handle(
                    STREAM + command.hold_id, command, subject=command.subject_id, meta=meta
                )
        return commit.stream.removeprefix(STREAM)

    async def extend(self, hold_id: str, command: ExtendHold, meta: Metadata) -> None:
        """Let a hold end later, for a reason.

        Raises:
            HoldNotFoundError: there is no such hold.
            HoldOverError: it has ended already.
            HoldExpiryError: it would not end later.
            DisclosureError: the person knows of it already.
        """
        await self._act(hold_id, command, meta)

    async def review(self, hold_id: str, command: ReviewHold, meta: Metadata) -> None:
        """Keep, narrow or lift a hold after a review.

        Raises:
            HoldNotFoundError: there is no such hold.
            HoldOverError: it has ended already.
            NarrowingError: what is left is nothing, no less, or more.
            ReviewDateError: the next review is not within twelve months.
        """
        await self._act(hold_id, command, meta)

    async def check(self, hold_id: str, command: ReviewHold) -> None:
        """Refuse a review that could not be recorded as things stand.

        Raises:
            RetentionError: what `review` raises.
        """
        decide(command, await self.state(hold_id))

    async def close(
        self,
        matter_id: str,
        reason: Reason,
        by: str,
        meta: Metadata,
        *,
        confirmed_by: str | None = None,
    ) -> int:
        """Close a matter and lift its holds; return how many. The sweep takes up what is left.

        Raises:
            MatterNotFoundError: there is no such matter.
            MatterOverError: it has been closed already.
        """
        await self._matters.close(matter_id, reason, by, meta, confirmed_by=confirmed_by)
        return await self._lift_those_of(matter_id)

    async def expire(self) -> int:
        """End the holds whose time, or whose matter, is over; return how many."""
        now = self._clock.now()
        expired = 0
        for hold in await self._active({"expires_at": {"$lte": now}}):
            expired += await self._run(hold["_id"], ExpireHold(now), Metadata.system("sweep"))
        for matter_id in await self._closed_with_holds():
            expired += await self._lift_those_of(matter_id)
        return expired

    async def remind(self) -> int:
        """Remind of the reviews that are near or overdue; return of how many that was news."""
        now = self._clock.now()
        reminded = 0
        for hold in await self._active({"review_at": {"$lte": now + REMINDED_BEFORE}}):
            reminded += await self._run(hold["_id"], RemindReview(now), Metadata.system("sweep"))
        return reminded

    async def disclose(self) -> int:
        """Tell persons of the holds that the law now permits to tell of; return of how many."""
        now = self._clock.now()
        permitted: Mapping[str, Any] = {
            "told": False,
            "$or": [
                {"disclosed_from": None, "lifted_at": None},
                {"disclosed_from": {"$lte": now}},
            ],
        }
        told = 0
        for hold in await self._holds.find(permitted, limit=AT_ONCE):
            told += await self._run(hold["_id"], DiscloseHold(now), Metadata.system("sweep"))
        return told

    async def state(self, hold_id: str) -> HoldState:
        """Return the hold as its stream tells it."""
        return (await self._handler.state(STREAM + hold_id))[0]

    async def history(self, hold_id: str) -> Sequence[HoldEvent]:
        """Return what happened to a hold, reference and reviewers included."""
        recorded = await self._store.load(STREAM + hold_id)
        return [record.event for record in recorded]  # type: ignore[misc]

    async def _active(self, query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        return await self._holds.find({"lifted_at": None, **query}, limit=AT_ONCE)

    async def _closed_with_holds(self) -> list[str]:
        """Return the closed matters that holds were still active of."""
        active = {hold["matter_id"] for hold in await self._active({"matter_id": {"$ne": None}})}
        closed = {"_id": {"$in": sorted(active)}, "closed_at": {"$ne": None}}
        return [matter["_id"] for matter in await self._matter_list.find(closed, limit=AT_ONCE)]

    async def _lift_those_of(self, matter_id: str) -> int:
        by = (await self._matters.state(matter_id)).closed_by
        lifted = 0
        for hold in await self._active({"matter_id": matter_id}):
            lifted += await self._lift(hold["_id"], by, Metadata.system("matter closed"))
        return lifted

    async def _lift(self, hold_id: str, by: str, meta: Metadata) -> int:
        """Lift a hold unless it has ended; the read model may be behind."""
        try:
            return await self._run(hold_id, LiftHold(by, self._clock.now()), meta)
        except HoldOverError:
            return 0

    async def _act(self, hold_id: str, command: HoldCommand, meta: Metadata) -> None:
        """Carry out what a person decided about an existing hold, under its subject's lock."""
        state = await self.state(hold_id)
        if not state.hold_id:
            raise HoldNotFoundError
        async with self._locks.of(state.subject_id):
            await self._run(hold_id, command, meta)

    async def _run(self, hold_id: str, command: HoldCommand, meta: Metadata) -> int:
        state = await self.state(hold_id)
        commit = await self._handler.handle(
            STREAM + hold_id, command, subject=state.subject_id, meta=meta
        )
        return len(commit.event_ids)


def _own_matter(command: PlaceHold) -> OpenMatter:
    return OpenMatter(
        matter_id=command.matter_id,
        ground=command.ground,
        authority=command.authority,
        reference=command.reference,
        reviewer=command.reviewer,
        at=command.at,
    )
