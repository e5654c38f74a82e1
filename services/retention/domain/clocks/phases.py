"""The phases of what a clock is over: in use, archived, gone."""

from dataclasses import dataclass
from datetime import datetime

from services.retention.domain.clocks.clock import Clock, Phase


@dataclass(frozen=True, slots=True)
class PhaseSpan:
    """A phase with its bounds; an open bound is not known yet."""

    name: Phase
    starts: datetime | None
    until: datetime | None


def phases_of(clock: Clock) -> list[PhaseSpan]:
    """Return the phases of what the clock is over, in their order."""
    ends = clock.gone_at or clock.acts_at or clock.due
    archive = clock.archive_from
    if archive is not None and (archive <= clock.held_since or (ends and archive >= ends)):
        archive = None if ends and archive >= ends else clock.held_since
    phases = [PhaseSpan(Phase.ACTIVE, clock.held_since, archive or ends)]
    if archive is not None:
        phases.append(PhaseSpan(Phase.ARCHIVE, archive, ends))
    phases.append(PhaseSpan(Phase(clock.then), ends, None))
    return phases
