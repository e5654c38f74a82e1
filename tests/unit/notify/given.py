"""Words for the tests of messages and recipients; every person in them is invented."""

from datetime import UTC, datetime
from typing import Any

from services.notify.domain.commands import QueueMessage
from services.notify.domain.decide import LEASE
from services.notify.domain.events import Details, MessageEvent, MessageQueued
from services.notify.domain.evolve import evolve
from services.notify.domain.recipient import Recipient
from services.notify.domain.state import MessageState
from shared.consuming.envelope import Envelope
from shared.events.base import PublicEvent, SubjectId
from shared.events.notify import MessageKind
from shared.personal import Category, Erased, Personal, Sealed
from tests.envelopes import enveloped

PERSON = SubjectId("person-1")
NOON = datetime(2025, 3, 3, 12, tzinfo=UTC)
GONE: Personal[str] = Personal(Erased(category=Category.CONTACT))


def queued(kind: MessageKind = "welcome", **fields: Any) -> MessageQueued:
    return MessageQueued(
        subject_id=PERSON,
        message_id="message-1",
        kind=kind,
        cause_id="event-1",
        details=fields.pop("details", Details()),
        queued_at=NOON,
        try_again_at=NOON + LEASE,
        **fields,
    )


class Queued:
    """What was to be sent; it stays there."""

    def __init__(self) -> None:
        self.commands: list[QueueMessage] = []

    async def queue(self, command: QueueMessage, *_: Any) -> bool:
        """Keep `command`, and deliver nothing."""
        self.commands.append(command)
        return False


def queue(kind: MessageKind = "welcome") -> QueueMessage:
    return QueueMessage(PERSON, "message-1", kind, "event-1", NOON)


def given(*events: MessageEvent) -> MessageState:
    state = MessageState()
    for event in events:
        state = evolve(state, event)
    return state


def message(kind: MessageKind, **fields: Any) -> MessageState:
    return given(queued(kind, **fields))


def recipient(**fields: Any) -> Recipient:
    known: dict[str, Any] = {
        "email": Personal("canari@exemple.test"),
        "first_name": Personal("Prénom"),
        "confirmed": True,
        **fields,
    }
    return Recipient(subject_id=PERSON, **known)


def sealed(category: Category, field: str) -> Personal[Any]:
    return Personal(Sealed(subject=PERSON, category=category, field=field, box="AAAA"))


def envelope(data: PublicEvent, *, sequence: int = 1, stream: str = "learner-1") -> Envelope:
    return enveloped(data, subject=PERSON, at=NOON, sequence=sequence, stream=stream)
