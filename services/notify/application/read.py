"""What people are shown about the messages sent to them: kind and date, never the content."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, cast, get_args

from pydantic import BaseModel

from services.notify.domain.events import MessageEvent
from services.notify.domain.evolve import evolve
from services.notify.domain.state import MessageState, Status
from shared.event_store import RecordedEvent
from shared.events.notify import MessageKind
from shared.held_data import HeldDatum, held_values
from shared.personal import Category

SOURCE: Final = "notify"
HIDDEN: Final = ("token",)
"""A link that still works is worth a password: its presence is shown, not its value."""


OF_MESSAGES: Final = get_args(MessageEvent)
"""The rest of what is stored about a person is what every service tells of itself."""


class MessageView(BaseModel):
    """One message."""

    message_id: str
    kind: MessageKind
    status: Status
    at: datetime
    """When it was sent, or got its present status otherwise."""
    reason: str | None
    """Why it was not sent, where it was suppressed."""
    waiting_for: str | None = None
    """Why it leaves later, where it waits: quiet_hours, digest or turn."""
    until: datetime | None = None
    """When it is to leave, where it waits."""


class MessagesView(BaseModel):
    """Every message to one person, newest first."""

    messages: list[MessageView]


def messages_view(recorded: Iterable[RecordedEvent]) -> MessagesView:
    """Return the messages that `recorded`, one person's events in this service, amount to."""
    views = [
        MessageView(
            message_id=state.message_id,
            kind=state.kind,
            status=state.status,
            at=state.changed_at,
            reason=state.reason,
            waiting_for=state.waiting_for if state.is_open else None,
            until=state.try_again_at if state.is_open else None,
        )
        for state in states_of(recorded)
        if state.changed_at is not None
    ]
    return MessagesView(messages=sorted(views, key=lambda one: one.at, reverse=True))


def held_messages(recorded: Iterable[RecordedEvent]) -> list[HeldDatum]:
    """Return what the streams hold about one person: sealed values, and that messages went out."""
    events = list(recorded)
    return held_values(SOURCE, events, hidden=HIDDEN) + sent_messages(events)


def sent_messages(recorded: Iterable[RecordedEvent]) -> list[HeldDatum]:
    """Return that messages went out, of which kind, what became of them, and which were read."""
    events = list(recorded)
    sent = [
        HeldDatum(
            category=Category.CONTACT,
            field=f"message:{view.kind}",
            value=view.status,
            recorded_at=view.at,
            source=SOURCE,
        )
        for view in messages_view(events).messages
    ]
    read = [
        HeldDatum(
            category=Category.CONTACT,
            field=f"notice:{state.kind}",
            value="read",
            recorded_at=state.read_at,
            source=SOURCE,
        )
        for state in states_of(events)
        if state.read_at is not None
    ]
    return sent + read


def states_of(recorded: Iterable[RecordedEvent]) -> Iterable[MessageState]:
    """Return the messages whose streams `recorded` are."""
    states: dict[str, MessageState] = {}
    for record in recorded:
        if isinstance(record.event, OF_MESSAGES):
            known = states.get(record.stream, MessageState())
            states[record.stream] = evolve(known, cast("MessageEvent", record.event))
    return states.values()
