"""Each thing is told and done once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, assert_never

from services.retention.domain.watch.commands import (
    AnnounceEnd,
    EnterArchive,
    LeaveArchive,
    RaiseAlarm,
    SettleAlarm,
    WatchCommand,
)
from services.retention.domain.watch.events import (
    AlarmWasRaised,
    AlarmWasSettled,
    ArchiveWasEntered,
    ArchiveWasLeft,
    EndAnnounced,
    WatchEvent,
)

MISSING_ANCHOR: Final = "missing_anchor"

Matter = tuple[str, str | None, str | None]


@dataclass(frozen=True, slots=True)
class WatchState:
    """What has been told and done."""

    announced: frozenset[datetime] = frozenset()
    archived: bool = False
    alarmed: frozenset[Matter] = frozenset()


def decide(command: WatchCommand, state: WatchState) -> Sequence[WatchEvent]:
    """Return what `command` leads to: nothing when it was done before."""
    match command:
        case AnnounceEnd(subject_id=subject, rule_id=rule, due=due):
            if due in state.announced:
                return []
            return [EndAnnounced(subject_id=subject, rule_id=rule, due=due)]
        case EnterArchive(subject_id=subject):
            return [] if state.archived else [ArchiveWasEntered(subject_id=subject)]
        case LeaveArchive(subject_id=subject):
            return [ArchiveWasLeft(subject_id=subject)] if state.archived else []
        case RaiseAlarm():
            if (command.kind, command.rule_id, command.case_id) in state.alarmed:
                return []
            return [
                AlarmWasRaised(
                    alarm_id=command.alarm_id,
                    kind=command.kind,
                    subject_id=command.subject_id,
                    rule_id=command.rule_id,
                    case_id=command.case_id,
                )
            ]
        case SettleAlarm(subject_id=subject, rule_id=rule):
            if (MISSING_ANCHOR, rule, None) not in state.alarmed:
                return []
            return [AlarmWasSettled(subject_id=subject, rule_id=rule)]
        case _:
            assert_never(command)


def evolve(state: WatchState, event: WatchEvent) -> WatchState:
    """Return `state` after `event`; never raises on recorded history."""
    match event:
        case EndAnnounced(due=due):
            return replace(state, announced=state.announced | {due})
        case ArchiveWasEntered():
            return replace(state, archived=True)
        case ArchiveWasLeft():
            return replace(state, archived=False)
        case AlarmWasRaised():
            matter = (event.kind, event.rule_id, event.case_id)
            return replace(state, alarmed=state.alarmed | {matter})
        case AlarmWasSettled():
            matter = (MISSING_ANCHOR, event.rule_id, None)
            return replace(state, alarmed=state.alarmed - {matter})
        case _:
            assert_never(event)
