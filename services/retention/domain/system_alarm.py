"""The stream `system-alarms`: what needs the officer and is about no person; over by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from shared.events.base import DomainEvent, Identifier
from shared.events.retention import SystemAlarmKind

LATE_AFTER: Final = 2
"""In intervals of backups (C7.5): a last whole one older than this is an alarm."""


class SystemAlarmWasRaised(DomainEvent):
    """Something about the whole system needs the data protection officer."""

    alarm_id: Identifier
    kind: SystemAlarmKind


class SystemAlarmWasSettled(DomainEvent):
    """What the alarm was about is put right."""

    alarm_id: Identifier
    kind: SystemAlarmKind


SystemAlarmEvent = SystemAlarmWasRaised | SystemAlarmWasSettled


@dataclass(frozen=True, slots=True)
class Report:
    """Say how something stands."""

    kind: SystemAlarmKind
    wrong: bool
    alarm_id: str
    """Of the alarm, should one be raised."""


@dataclass(frozen=True, slots=True)
class SystemAlarms:
    """The alarms that stand, by kind."""

    standing: Mapping[SystemAlarmKind, str] = field(default_factory=dict)


def decide(command: Report, state: SystemAlarms) -> Sequence[SystemAlarmEvent]:
    """Return the alarm or its end; nothing where it is so already."""
    standing = state.standing.get(command.kind)
    if command.wrong and standing is None:
        return [SystemAlarmWasRaised(alarm_id=command.alarm_id, kind=command.kind)]
    if not command.wrong and standing is not None:
        return [SystemAlarmWasSettled(alarm_id=standing, kind=command.kind)]
    return []


def evolve(state: SystemAlarms, event: SystemAlarmEvent) -> SystemAlarms:
    """Return `state` after `event`; never raises on recorded history."""
    others = {kind: one for kind, one in state.standing.items() if kind != event.kind}
    if isinstance(event, SystemAlarmWasRaised):
        return SystemAlarms({**others, event.kind: event.alarm_id})
    return SystemAlarms(others)


def is_late(last: datetime, every: timedelta, now: datetime) -> bool:
    """Whether the last whole backup, or the wish for a first one, is too long ago."""
    return now - last > LATE_AFTER * every
