"""The rules of access beyond the compartment (C4.2, C6.3)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, assert_never
from zoneinfo import ZoneInfo

from services.identity.domain.break_glass.commands import (
    BreakGlassCommand,
    EndAccess,
    FollowReview,
    ReviewAccess,
    TakeAccess,
)
from services.identity.domain.break_glass.events import (
    AccessEnded,
    AccessReviewed,
    AccessTaken,
    BreakGlassEvent,
    ReviewReminded,
)
from services.identity.domain.break_glass.state import BreakGlass
from services.identity.domain.errors import (
    AccessNotFoundError,
    AccessReviewedError,
    AccessRunningError,
    OwnAccessError,
)
from shared.incidents import Suspicion

PARIS: Final = ZoneInfo("Europe/Paris")
LONGEST: Final = timedelta(hours=4)
"""However it is configured: what lasts longer is a compartment."""


def decide(command: BreakGlassCommand, state: BreakGlass) -> Sequence[BreakGlassEvent]:
    """Return what `command` leads to; nothing where it is so already.

    Raises:
        AccessNotFoundError: there is no such access, or it is a colleague's.
        OwnAccessError: who took it cannot review it.
        AccessRunningError: what is still going on cannot be found justified.
        AccessReviewedError: it was judged otherwise.
    """
    if isinstance(command, TakeAccess):
        return [] if state.taken is not None else [_taken(command)]
    taken = state.taken
    if taken is None:
        raise AccessNotFoundError
    match command:
        case EndAccess():
            return _ended(command, state, taken)
        case ReviewAccess():
            return _reviewed(command, state, taken)
        case FollowReview():
            return _followed(command, state, taken)
        case _:
            assert_never(command)


def _taken(command: TakeAccess) -> AccessTaken:
    return AccessTaken(
        access_id=command.access_id,
        subject_id=command.subject_id,
        taken_by=command.by,
        role=command.role,
        month=f"{command.at.astimezone(PARIS):%Y-%m}",
        reason=command.reason,
        categories=command.categories,
        taken_at=command.at,
        until=command.at + min(command.lasts, LONGEST),
    )


def _ended(command: EndAccess, state: BreakGlass, taken: AccessTaken) -> Sequence[BreakGlassEvent]:
    if command.cause == "given_back" and command.by != taken.taken_by:
        raise AccessNotFoundError
    if not state.is_open(command.at):
        return []
    return [
        AccessEnded(
            access_id=taken.access_id,
            subject_id=taken.subject_id,
            cause=command.cause,
            ended_by=command.by,
            ended_at=command.at,
        )
    ]


def _reviewed(
    command: ReviewAccess, state: BreakGlass, taken: AccessTaken
) -> Sequence[BreakGlassEvent]:
    if command.by == taken.taken_by:
        raise OwnAccessError
    if state.reviewed is not None:
        incident = state.reviewed.suspicion is not None
        if (state.reviewed.verdict, incident) == (command.verdict, _opens_incident(command)):
            return []
        raise AccessReviewedError
    running = state.is_open(command.at)
    if running and command.verdict == "justified":
        raise AccessRunningError
    # What was not justified goes on not a moment longer.
    stopped = EndAccess(command.by, "stopped", command.at)
    over_at = command.at if running else state.over_at or command.at
    return [
        *_ended(stopped, state, taken),
        AccessReviewed(
            access_id=taken.access_id,
            subject_id=taken.subject_id,
            verdict=command.verdict,
            reviewed_by=command.by,
            reviewed_at=command.at,
            suspicion=Suspicion(
                by_itself=True,
                natures=("confidentiality",),
                cause="read_without_need",
                categories=taken.categories,
                since=taken.taken_at,
                until=over_at,
                reader=taken.taken_by,
                person=taken.subject_id,
            )
            if _opens_incident(command)
            else None,
        ),
    ]


def _opens_incident(command: ReviewAccess) -> bool:
    return command.opens_incident and command.verdict == "unjustified"


def _followed(
    command: FollowReview, state: BreakGlass, taken: AccessTaken
) -> Sequence[BreakGlassEvent]:
    over_at = state.over_at or taken.until
    last = over_at if state.reminded_at is None else max(over_at, state.reminded_at)
    if state.reviewed is not None or command.at < last + command.after:
        return []
    return [
        ReviewReminded(
            access_id=taken.access_id,
            subject_id=taken.subject_id,
            over_since=over_at,
            reminded_at=command.at,
        )
    ]
