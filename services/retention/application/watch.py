"""Telling and noting, once for each matter."""

from datetime import datetime

from services.retention.domain.watch.commands import (
    AnnounceEnd,
    EnterArchive,
    LeaveArchive,
    RaiseAlarm,
    SettleAlarm,
    WatchCommand,
)
from services.retention.domain.watch.decide import WatchState, decide, evolve
from services.retention.domain.watch.events import WatchEvent
from shared.command_handler import CommandHandler
from shared.event_store import EventStore, Metadata
from shared.events.base import SubjectId
from shared.events.retention import AlarmKind
from shared.ids import new_id

STREAM = "watch-"


class Watch:
    """Runs the watch over persons' terms."""

    def __init__(self, store: EventStore) -> None:
        self._handler: CommandHandler[WatchCommand, WatchState, WatchEvent] = CommandHandler(
            store, initial=WatchState(), decide=decide, evolve=evolve
        )

    async def announce(self, subject: str, rule_id: str, due: datetime) -> bool:
        """Announce an end; tell whether it was news."""
        return await self._run(subject, AnnounceEnd(SubjectId(subject), rule_id, due))

    async def enter_archive(self, subject: str) -> bool:
        """Archive the account; tell whether it was not archived yet."""
        return await self._run(subject, EnterArchive(SubjectId(subject)))

    async def leave_archive(self, subject: str) -> bool:
        """Take the account out of the archive; tell whether it was archived."""
        return await self._run(subject, LeaveArchive(SubjectId(subject)))

    async def alarm(
        self,
        kind: AlarmKind,
        subject: str,
        *,
        rule_id: str | None = None,
        case_id: str | None = None,
    ) -> bool:
        """Raise an alarm; tell whether it was news."""
        command = RaiseAlarm(new_id(), kind, SubjectId(subject), rule_id, case_id)
        return await self._run(subject, command)

    async def settle(self, subject: str, rule_id: str) -> bool:
        """End the alarm about a rule whose anchor is there now; tell whether there was one."""
        return await self._run(subject, SettleAlarm(SubjectId(subject), rule_id))

    async def _run(self, subject: str, command: WatchCommand) -> bool:
        commit = await self._handler.handle(
            STREAM + subject,
            command,
            subject=SubjectId(subject),
            meta=Metadata.system("sweep"),
        )
        return bool(commit.event_ids)
