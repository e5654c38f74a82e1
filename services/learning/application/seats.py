"""Seats in live sessions, kept in step with sessions and enrolments (C9.1).

Both sides bring them in step: a session concerns the learners of its group, an enrolment the
sessions of its groups. Each looks at the other in a read model, which may be a moment behind, so
that a schedule goes over all of it once more. What a seat's learner knows already leads to nothing.
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from services.learning.application.handle import (
    Learning,
    enrolment_stream,
    live_session_stream,
    seat_stream,
)
from services.learning.application.history import load_history
from services.learning.domain.enrolment.state import EnrolmentState
from services.learning.domain.errors import LiveSessionOverError, SeatNotFoundError
from services.learning.domain.live_session.state import LiveSession
from services.learning.domain.seat.commands import (
    FollowSession,
    GiveUpSeat,
    SeatCommand,
    TakeSeat,
)
from services.learning.domain.seat.decide import decide
from services.learning.domain.seat.state import Seat
from services.learning.domain.teaching.state import Group
from shared.cohorts import cohort_of
from shared.consuming.envelope import Envelope
from shared.consuming.reactions import PermanentFailureError
from shared.event_store import Metadata
from shared.events import learning as public
from shared.events.base import SubjectId

REACTION: Final = "seats"
OF_SESSIONS: Final = (
    public.LiveSessionPlanned,
    public.LiveSessionMoved,
    public.LiveSessionCancelled,
)
OF_ENROLMENTS: Final = (public.CourseEnrolled, public.EnrolmentEnded, public.AccessCorrected)
OF_SEATS: Final = (*OF_SESSIONS, *OF_ENROLMENTS)


async def seat(learning: Learning, envelope: Envelope) -> None:
    """Bring in step the seats that a fact about a session or an enrolment concerns."""
    meta = Metadata.caused_by(envelope, REACTION)
    match envelope.data:
        case event if isinstance(event, OF_SESSIONS):
            await follow_session(learning, event.session_id, meta)
        case event if isinstance(event, OF_ENROLMENTS):
            state, _ = await learning.enrolments.state(enrolment_stream(event.enrolment_id))
            await follow_enrolment(learning, state, meta)
        case _:
            raise PermanentFailureError(envelope.type)


async def fill_seats(learning: Learning) -> Mapping[str, int]:
    """Bring every seat in a session to come in step; return how many were told anew."""
    told = 0
    query = {"ends_at": {"$gt": learning.clock.now()}}
    async for session in learning.live_session_list.each(query):
        told += await follow_session(learning, session["_id"], Metadata.system(REACTION))
    return {"told": told}


async def follow_session(learning: Learning, session_id: str, meta: Metadata) -> int:
    """Bring the seats of a session in step; return how many learners were told something."""
    session, _ = await learning.live_sessions.state(live_session_stream(session_id))
    told = 0
    async for learner_id in _members(learning, session):
        told += await _follow(learning, session, learner_id, meta)
    return told


async def follow_enrolment(learning: Learning, enrolment: EnrolmentState, meta: Metadata) -> None:
    """Bring the learner's seats in step in the sessions that an enrolment concerns."""
    if enrolment.learner_id is None or enrolment.enrolled_at is None:
        return
    for found in await sessions_of(learning, [(enrolment.module_id, enrolment.enrolled_at)]):
        session, _ = await learning.live_sessions.state(live_session_stream(found["_id"]))
        await _follow(learning, session, enrolment.learner_id, meta, surely=True)


async def own_seats(learning: Learning, learner_id: SubjectId) -> list[tuple[dict[str, Any], Seat]]:
    """Return the sessions to come that concern the learner, the soonest first, with the seats."""
    person = await load_history(learning, learner_id)
    states = [one.state for one in person.enrolments.values()]
    taken = [(one.module_id, one.enrolled_at) for one in states if one.enrolled_at is not None]
    found = await sessions_of(learning, taken) if taken else []
    return [
        (one, (await learning.seats.state(seat_stream(one["_id"], learner_id)))[0])
        for one in found
        if not one["cancelled"]
        and _belongs(states, Group(one["module_id"], one["cohort"]), one["starts_at"])
    ]


async def give_up(learning: Learning, session_id: str, who: SubjectId, meta: Metadata) -> None:
    """Note that the learner does not come.

    Raises:
        SeatNotFoundError: the learner has no seat in such a session.
        LiveSessionOverError: the session is over.
    """
    session = await _own(learning, session_id, who)
    # The seat of an enrolment of this very moment may not have been filled yet.
    await _follow(learning, session, who, Metadata.system(REACTION), surely=True)
    await _handle(learning, session_id, who, GiveUpSeat(learning.clock.now()), meta)


async def take(learning: Learning, session_id: str, who: SubjectId, meta: Metadata) -> None:
    """Note that the learner comes after all.

    Raises:
        SeatNotFoundError: the learner has no seat in such a session.
        LiveSessionOverError: the session is over.
    """
    session, now = await _own(learning, session_id, who), learning.clock.now()
    if session.starts_at is None or session.ends_at is None or session.is_over(now):
        raise LiveSessionOverError
    command = TakeSeat(session.starts_at, session.ends_at, now)
    await _handle(learning, session_id, who, command, meta)


async def sessions_of(
    learning: Learning, taken: list[tuple[str, datetime]]
) -> list[dict[str, Any]]:
    """Return the sessions to come of the groups of enrolments, each a module and its instant."""
    groups = [
        {"module_id": module_id, "cohort": {"$in": [None, cohort_of(at)]}}
        for module_id, at in taken
    ]
    query = {"ends_at": {"$gt": learning.clock.now()}, "$or": groups}
    return [one async for one in learning.live_session_list.each(query)]


async def _own(learning: Learning, session_id: str, who: SubjectId) -> LiveSession:
    session, _ = await learning.live_sessions.state(live_session_stream(session_id))
    if not await _takes_part(learning, session, who):
        raise SeatNotFoundError
    return session


async def _follow(
    learning: Learning,
    session: LiveSession,
    learner_id: SubjectId,
    meta: Metadata,
    *,
    surely: bool = False,
) -> int:
    """Bring one seat in step; return how much was told.

    The read model says that the learner takes part; the store is asked before anything is told,
    or at once where the read model may be behind (`surely`).
    """
    group, starts_at, ends_at = session.group, session.starts_at, session.ends_at
    if group is None or starts_at is None or ends_at is None:
        return 0
    command = FollowSession(
        learner_id=learner_id,
        session_id=session.session_id,
        module_id=group.module_id,
        starts_at=starts_at,
        ends_at=ends_at,
        cancelled=session.cancelled,
        taking_part=True,
        at=learning.clock.now(),
    )
    state, _ = await learning.seats.state(seat_stream(session.session_id, learner_id))
    if not surely and not decide(command, state):
        return 0
    taking_part = await _takes_part(learning, session, learner_id)
    command = replace(command, taking_part=taking_part)
    return await _handle(learning, session.session_id, learner_id, command, meta)


async def _handle(
    learning: Learning, session_id: str, learner_id: SubjectId, command: SeatCommand, meta: Metadata
) -> int:
    stream = seat_stream(session_id, learner_id)
    commit = await learning.seats.handle(
        stream, command, subject=learner_id, meta=meta.for_step(stream)
    )
    return len(commit.event_ids)


async def _takes_part(learning: Learning, session: LiveSession, learner_id: SubjectId) -> bool:
    """Whether an enrolment of the learner belongs to the group, and runs when it meets."""
    group, starts_at = session.group, session.starts_at
    if group is None or starts_at is None:
        return False
    person = await load_history(learning, learner_id)
    return _belongs([one.state for one in person.enrolments.values()], group, starts_at)


def _belongs(enrolments: Iterable[EnrolmentState], group: Group, starts_at: datetime) -> bool:
    """Whether one of `enrolments` belongs to `group`, and runs when it meets."""
    return any(
        group.covers(one.module_id, one.enrolled_at) and one.is_running(starts_at)
        for one in enrolments
    )


async def _members(learning: Learning, session: LiveSession) -> AsyncIterator[SubjectId]:
    """Yield the learners of a session's group, as the read model knows them."""
    if session.group is None:
        return
    seen: set[str] = set()
    async for one in learning.enrolment_list.each(_taking(session.group)):
        if one["learner_id"] not in seen:
            seen.add(one["learner_id"])
            yield SubjectId(one["learner_id"])


def _taking(group: Group) -> dict[str, Any]:
    query: dict[str, Any] = {"module_id": group.module_id, "status": {"$ne": "ended"}}
    return query if group.cohort is None else {**query, "cohort": group.cohort}
