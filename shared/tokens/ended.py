"""Sessions that ended lately: their tokens have not expired, and are refused all the same.

Every process hears the facts that end sessions. It remembers them as long as a token lives: older
ones have expired by themselves.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from shared.clock import Clock
from shared.consuming.envelope import Envelope
from shared.events.identity import (
    AccountBlocked,
    AccountClosed,
    AuthenticatorsChanged,
    LearnerLoggedOut,
    PasswordChanged,
    SessionsEnded,
    StaffDeparted,
    StaffLoggedOut,
    StaffPasswordChanged,
)
from shared.events.retention import ErasureOrdered
from shared.http.auth import Principal
from shared.tokens.issuers import LEEWAY, LIFETIME

REMEMBERED: Final = LIFETIME + 2 * LEEWAY


@dataclass(slots=True)
class Ends:
    """What ended of one person's sessions."""

    heard_at: datetime
    before: datetime | None = None
    """Sessions that started before this are over."""
    sessions: set[str] = field(default_factory=set)
    """Single sessions that are over."""


class EndedSessions:
    """Knows which sessions ended within the life of a token."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ends: dict[str, Ends] = {}

    def hear(self, envelope: Envelope) -> None:
        """Remember what `envelope` ends, if anything."""
        match envelope.data:
            case AccountClosed() | AccountBlocked() | StaffDeparted():
                self._end(envelope.subject, before=envelope.time)
            case ErasureOrdered(closes_account=True):
                self._end(envelope.subject, before=envelope.time)
            case PasswordChanged() | StaffPasswordChanged():
                # A session opened since then knows the new password.
                self._end(envelope.subject, before=envelope.time)
            case AuthenticatorsChanged(ends_sessions=True) | SessionsEnded():
                self._end(envelope.subject, before=envelope.time)
            case LearnerLoggedOut(everywhere=True) | StaffLoggedOut(everywhere=True):
                self._end(envelope.subject, before=envelope.time)
            case LearnerLoggedOut(session_id=str(one)) | StaffLoggedOut(session_id=str(one)):
                self._end(envelope.subject, session=one)
            case _:
                return

    def is_over(self, principal: Principal) -> bool:
        """Whether the session that `principal` acts in has ended."""
        ends, session = self._ends.get(principal.subject), principal.session
        if ends is None or session is None:
            return False
        if session.id in ends.sessions:
            return True
        return ends.before is not None and session.started_at < ends.before

    def _end(
        self, subject: str, *, before: datetime | None = None, session: str | None = None
    ) -> None:
        now = self._clock.now()
        self._forget_old(now)
        ends = self._ends.pop(subject, None) or Ends(now)
        ends.heard_at = now
        if before is not None and (ends.before is None or ends.before < before):
            ends.before = before
        if session is not None:
            ends.sessions.add(session)
        self._ends[subject] = ends  # at the end: the oldest are first

    def _forget_old(self, now: datetime) -> None:
        for subject, ends in list(self._ends.items()):
            if ends.heard_at + REMEMBERED > now:
                return
            del self._ends[subject]
