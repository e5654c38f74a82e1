"""A learner's own live sessions: when they meet, and whether the learner comes."""

from datetime import datetime

from fastapi import APIRouter

from services.learning.application.handle import Learning
from services.learning.application.seats import give_up, own_seats, take
from services.learning.domain.teaching.state import Group
from services.learning.entrypoints.asking import In, Items
from services.learning.entrypoints.assignments import GroupView, group_views
from shared.event_store import Metadata
from shared.events.base import Identifier
from shared.http.auth import Caller
from shared.http.idempotency import Once


class OwnSessionView(GroupView):
    """A session of a group that the caller belongs to."""

    session_id: str
    starts_at: datetime
    ends_at: datetime
    coming: bool
    """Whether the learner has not said otherwise."""
    sequence: int
    """RFC 5545 SEQUENCE of what the learner's calendar was told last."""


def own_sessions_router(learning: Learning) -> APIRouter:
    """Return the learners' routes about live sessions."""
    router = APIRouter(tags=["live-sessions"])

    @router.get("/me/live-sessions")
    async def own(who: Caller, language: In) -> Items[OwnSessionView]:
        """List the caller's sessions that are not over, the soonest first."""
        views = []
        for one, seat in await own_seats(learning, who.subject):
            (group,) = group_views(learning, [Group(one["module_id"], one["cohort"])], language)
            views.append(
                OwnSessionView(
                    **group.model_dump(),
                    session_id=one["_id"],
                    starts_at=one["starts_at"],
                    ends_at=one["ends_at"],
                    coming=not seat.given_up,
                    sequence=max(seat.sequence, 0),
                )
            )
        return Items(items=sorted(views, key=lambda view: (view.starts_at, view.session_id)))

    @router.delete("/me/live-sessions/{session_id}/seat", status_code=204)
    async def leave(session_id: Identifier, who: Caller, once: Once) -> None:
        """Say not to come; it can be taken back until the session is over."""
        await give_up(learning, session_id, who.subject, Metadata.by(who, once))

    @router.put("/me/live-sessions/{session_id}/seat", status_code=204)
    async def come(session_id: Identifier, who: Caller, once: Once) -> None:
        """Say to come after all."""
        await take(learning, session_id, who.subject, Metadata.by(who, once))

    return router
