"""What an external speaker sees of participants, while the session lasts (C6.3)."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from services.identity.application.accounts import Accounts
from services.identity.domain.live_session import require_open
from services.identity.entrypoints.lists import PageNumber
from services.identity.projections.attendances import Attendances, attending
from services.identity.projections.live_sessions import LiveSessions
from services.identity.settings import IdentitySettings
from shared.archive import ArchiveGate
from shared.events.base import Identifier, SubjectId
from shared.http.auth import Caller
from shared.personal import Erased, Personal
from shared.service import Kernel

SIZE = 50


class ParticipantView(BaseModel):
    """A participant as an external speaker sees them: no id, no last name, no address."""

    first_name: str | None
    professional_context: str | None
    """Prior experience, as far as the learner has told it."""


class ParticipantsView(BaseModel):
    """One page of a session's participants."""

    items: list[ParticipantView]
    page: int
    pages: int
    total: int
    until: datetime
    """When the session ends, and with it what the speaker sees."""


def participants_router(
    kernel: Kernel[IdentitySettings], gate: ArchiveGate, accounts: Accounts
) -> APIRouter:
    """Return the speaker's endpoint."""
    router = APIRouter(tags=["live-sessions"])
    sessions = kernel.read_model(LiveSessions())
    attendances = kernel.read_model(Attendances())

    @router.get("/live-sessions/{session_id}/participants")
    async def participants(
        session_id: Identifier, who: Caller, page: PageNumber = 1
    ) -> ParticipantsView:
        """Return first names and professional context, during the caller's own session alone.

        Before, after, and of other sessions there is nothing to see: 404, as of none at all.
        """
        session = require_open(await sessions.get(session_id), who.subject, kernel.clock.now())
        query = attending(session)
        found = await attendances.find(query, skip=(page - 1) * SIZE, limit=SIZE)
        ids = [one["learner_id"] for one in found]
        archived = await gate.archived_among(ids) if ids else frozenset()
        views = [
            ParticipantView(
                first_name=_shown(learner.first_name),
                professional_context=_shown(learner.profile.get("experience")),
            )
            for learner_id in ids
            if learner_id not in archived
            and not (learner := await accounts.learner(SubjectId(learner_id))).closed
            and not learner.blocked
        ]
        total = await attendances.count(query)
        pages = max(1, -(-total // SIZE))
        return ParticipantsView(
            items=views, page=page, pages=pages, total=total, until=session["ends_at"]
        )

    return router


def _shown(value: Personal[str] | None) -> str | None:
    text = None if value is None else value.reveal()
    return None if isinstance(text, Erased) else text
