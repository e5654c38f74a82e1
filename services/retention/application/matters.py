"""Opening and closing matters; whoever closes one lifts its holds."""

from services.retention.application.locks import SubjectLocks
from services.retention.domain.errors import MatterNotFoundError, MatterOverError
from services.retention.domain.hold.events import Reason
from services.retention.domain.matter.commands import CloseMatter, MatterCommand, OpenMatter
from services.retention.domain.matter.decide import decide
from services.retention.domain.matter.events import MatterEvent, MatterWasOpened
from services.retention.domain.matter.evolve import evolve
from services.retention.domain.matter.state import MatterState
from shared.clock import Clock
from shared.command_handler import CommandHandler
from shared.event_store import Commit, EventStore, Metadata
from shared.events.base import SubjectId

STREAM = "matter-"
NOBODY = SubjectId("matters")
"""A matter may concern several persons: its stream is about none of them."""


class MatterKeeper:
    """Runs the matters."""

    def __init__(self, store: EventStore, clock: Clock) -> None:
        self._clock = clock
        self._locks = SubjectLocks()
        self._handler: CommandHandler[MatterCommand, MatterState, MatterEvent] = CommandHandler(
            store, initial=MatterState(), decide=decide, evolve=evolve
        )

    @property
    def locks(self) -> SubjectLocks:
        """One lock per matter, so that none is closed while a hold joins it."""
        return self._locks

    async def open(self, command: OpenMatter, meta: Metadata) -> str:
        """Open a matter and return its id; opening it again changes nothing."""
        commit = await self._handle(command.matter_id, command, meta)
        return commit.stream.removeprefix(STREAM)

    async def close(
        self,
        matter_id: str,
        reason: Reason,
        by: str,
        meta: Metadata,
        *,
        confirmed_by: str | None = None,
    ) -> None:
        """Close a matter.

        Raises:
            MatterNotFoundError: there is no such matter.
            MatterOverError: it has been closed already.
        """
        async with self._locks.of(matter_id):
            command = CloseMatter(reason, by, self._clock.now(), confirmed_by)
            await self._handle(matter_id, command, meta)

    async def state(self, matter_id: str) -> MatterState:
        """Return the matter as its stream tells it, file number included."""
        return (await self._handler.state(STREAM + matter_id))[0]

    async def in_progress(self, matter_id: str) -> MatterWasOpened:
        """Return how the matter was opened.

        Raises:
            MatterNotFoundError: there is no such matter.
            MatterOverError: it has been closed.
        """
        state = await self.state(matter_id)
        if state.opened is None:
            raise MatterNotFoundError
        if state.closed:
            raise MatterOverError
        return state.opened

    async def _handle(self, matter_id: str, command: MatterCommand, meta: Metadata) -> Commit:
        return await self._handler.handle(STREAM + matter_id, command, subject=NOBODY, meta=meta)
