"""What calendars are told of live sessions: each change once, and only the latest (RFC 5546)."""

from typing import Final

from services.notify.application.deliver import Dispatcher, message_id
from services.notify.application.read import states_of
from services.notify.domain.commands import QueueMessage
from services.notify.domain.events import Details
from services.notify.domain.state import MessageState
from shared.clock import Clock
from shared.consuming.envelope import Envelope
from shared.event_store import EventStore
from shared.events import learning
from shared.events.base import SubjectId
from shared.events.notify import MessageKind

KINDS: Final = frozenset({"session_invitation", "session_cancellation"})
TOLD: Final = frozenset({"queued", "sent", "bounced"})
"""Of what the calendar may show a session."""


def command_of(
    subject_id: SubjectId, cause: Envelope, details: Details, clock: Clock
) -> QueueMessage:
    """Return what tells a calendar, one message for each seat and SEQUENCE."""
    withdrawn = details.cause not in ("planned", "moved")
    kind: MessageKind = "session_cancellation" if withdrawn else "session_invitation"
    return QueueMessage(
        subject_id=subject_id,
        message_id=message_id(kind, str(details.session_id), subject_id, str(details.sequence)),
        kind=kind,
        cause_id=cause.id,
        at=clock.now(),
        details=details,
        owed_since=cause.time,
    )


def details_of(event: learning.SessionInvited | learning.SessionUninvited) -> Details:
    """Return what a calendar is told because of `event`."""
    if isinstance(event, learning.SessionInvited):
        cause: str = "moved" if event.moved else "planned"
    else:
        cause = event.because
    return Details(
        session_id=event.session_id,
        sequence=event.sequence,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        cause=cause,
    )


def told(
    envelope: Envelope, event: learning.SessionInvited | learning.SessionUninvited, clock: Clock
) -> QueueMessage:
    """Return the message that `event` calls for."""
    return command_of(event.learner_id, envelope, details_of(event), clock)


async def supersede(dispatcher: Dispatcher, command: QueueMessage) -> None:
    """Let nothing leave any more that `command` says anew of the same session."""
    latest = command.details

    def is_older(state: MessageState) -> bool:
        return state.details.session_id == latest.session_id and _sequence(state) < (
            latest.sequence or 0
        )

    await dispatcher.suppress_all(command.subject_id, "superseded", which=is_older)


class Invitations:
    """What the calendars of people may show, as their messages tell it."""

    def __init__(self, store: EventStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def taken_back(self, subject_id: SubjectId, cause: Envelope) -> list[QueueMessage]:
        """Return what lets a calendar forget every session to come that it may show."""
        latest: dict[str, MessageState] = {}
        for state in states_of(await self._store.load_subject(subject_id)):
            if state.kind in KINDS and state.details.session_id is not None:
                known = latest.setdefault(state.details.session_id, state)
                if _sequence(state) > _sequence(known):
                    latest[state.details.session_id] = state
        now = self._clock.now()
        return [
            command_of(subject_id, cause, _erased(state.details), self._clock)
            for state in latest.values()
            if state.kind == "session_invitation"
            and state.status in TOLD
            and state.details.ends_at is not None
            and state.details.ends_at > now
        ]


def _erased(details: Details) -> Details:
    after = {"sequence": (details.sequence or 0) + 1, "cause": "erased"}
    return details.model_copy(update=after)


def _sequence(state: MessageState) -> int:
    return -1 if state.details.sequence is None else state.details.sequence
