"""Keeping the register of penetration tests, and reminding of what is due (C7.6)."""

from typing import Final

from services.retention.domain.penetration_test.commands import FollowTests, TestCommand
from services.retention.domain.penetration_test.decide import decide
from services.retention.domain.penetration_test.events import TestEvent
from services.retention.domain.penetration_test.evolve import evolve
from services.retention.domain.penetration_test.state import Register
from shared.clock import Clock
from shared.command_handler import CommandHandler
from shared.event_store import EventStore, Metadata
from shared.events.base import SubjectId

STREAM: Final = "penetration-tests"
NOBODY: Final = SubjectId(STREAM)
"""The register is about no person."""


class PenetrationTests:
    """The register: two tests a year, so that one stream holds it whole."""

    def __init__(self, store: EventStore, clock: Clock) -> None:
        self._clock = clock
        self._handler: CommandHandler[TestCommand, Register, TestEvent] = CommandHandler(
            store, initial=Register(), decide=decide, evolve=evolve
        )

    async def register(self) -> Register:
        """Return the register as it is now."""
        return (await self._handler.state(STREAM))[0]

    async def act(self, command: TestCommand, meta: Metadata) -> int:
        """Carry out `command`; return how many facts that made.

        Raises:
            RetentionError: what `decide` raises.
        """
        commit = await self._handler.handle(STREAM, command, subject=NOBODY, meta=meta)
        return len(commit.event_ids)

    async def run(self) -> dict[str, int]:
        """Remind of the next test and of findings past their date; return of how many."""
        made = await self.act(FollowTests(self._clock.now()), Metadata.system("sweep"))
        return {"penetration_test_reminders": made}
