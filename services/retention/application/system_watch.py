"""Watching over the system as a whole: backups, what a restore left open, duties."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from services.retention.application.incidents import overdue
from services.retention.application.penetration_tests import PenetrationTests
from services.retention.application.processors import Processors
from services.retention.domain.system_alarm import (
    Report,
    SystemAlarmEvent,
    SystemAlarms,
    decide,
    evolve,
    is_late,
)
from shared.clock import Clock
from shared.command_handler import CommandHandler
from shared.consuming.projections import ReadModel
from shared.event_store import EventStore, Metadata
from shared.events.base import SubjectId
from shared.events.retention import SystemAlarmKind
from shared.ids import new_id
from shared.restoration import Restorations

STREAM: Final = "system-alarms"


class SystemWatch:
    """Tells the officer, once, and that it is over, once."""

    def __init__(
        self,
        store: EventStore,
        restorations: Restorations,
        clock: Clock,
        *,
        messages_aside: ReadModel,
        late_files: ReadModel,
        incidents: ReadModel,
        tests: PenetrationTests,
        processors: Processors,
    ) -> None:
        self._restorations = restorations
        self._messages_aside = messages_aside
        self._late_files = late_files
        self._incidents = incidents
        self._tests = tests
        self._processors = processors
        self._clock = clock
        self._handler: CommandHandler[Report, SystemAlarms, SystemAlarmEvent] = CommandHandler(
            store, initial=SystemAlarms(), decide=decide, evolve=evolve
        )

    async def run(self) -> Mapping[str, int]:
        """Look at everything and return how many alarms were raised and settled."""
        done = {"alarms": 0, "alarms_settled": 0, **await self._tests.run()}
        done["processor_reminders"] = await self._processors.remind()
        tests, now = await self._tests.register(), self._clock.now()
        book, adequacy = await self._processors.book(), self._processors.adequacy
        day = now.date()
        state: dict[SystemAlarmKind, bool] = {
            "backup_late": await self._backup_is_late(),
            "messages_set_aside": await self._messages_aside.count({"open": True}) > 0,
            "authority_not_notified": await self._incidents.count(overdue(now)) > 0,
            "penetration_test_overdue": tests.is_overdue(now),
            "finding_overdue": any(tests.findings_overdue(now)),
            "transfer_refused": book.any_refused(day, adequacy),
            "processor_ends_soon": book.any_ends_soon(day, adequacy),
            "access_file_late": await self._late_files.count({"open": True}) > 0,
        }
        for kind, wrong in state.items():
            if await self._report(kind, wrong=wrong):
                done["alarms" if wrong else "alarms_settled"] += 1
        return done

    async def _backup_is_late(self) -> bool:
        backups = await self._restorations.backups()
        if backups is None:
            return False
        last, every = backups.last or backups.since, timedelta(hours=backups.every_hours)
        return is_late(last, every, self._clock.now())

    async def _report(self, kind: SystemAlarmKind, *, wrong: bool) -> bool:
        commit = await self._handler.handle(
            STREAM,
            Report(kind, wrong, new_id()),
            subject=SubjectId(STREAM),
            meta=Metadata.system("sweep"),
        )
        return bool(commit.event_ids)
