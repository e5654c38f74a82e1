"""A digest instead of a flood: what teaching has to say within a day leaves as one message."""

from collections.abc import Sequence
from datetime import datetime

from services.notify.domain.commands import QueueMessage
from services.notify.domain.events import Details, MessageSent
from services.notify.domain.kinds import class_of
from services.notify.domain.state import MessageState
from services.notify.domain.timing import TEACHING_APART
from shared.event_store import EventStore


class Digest:
    """Spaces teaching messages to one person, and gathers those that had to wait."""

    def __init__(self, store: EventStore) -> None:
        self._store = store

    async def free_from(self, state: MessageState, at: datetime) -> datetime:
        """Return when `state` may leave: `at`, or later where another has just left."""
        if class_of(state.kind) != "teaching":
            return at
        sent = [
            record.event.sent_at
            for record in await self._store.load_subject(state.subject_id)
            if isinstance(record.event, MessageSent) and class_of(record.event.kind) == "teaching"
        ]
        return max([at, *(last + TEACHING_APART for last in sent)])

    def of(self, waiting: Sequence[MessageState], at: datetime) -> QueueMessage | None:
        """Return the message that stands for those of `waiting` that remind; `None` for one."""
        reminders = sorted(
            (one for one in waiting if one.is_open and one.kind == "reminder"),
            key=lambda one: one.message_id,
        )
        modules = tuple(
            dict.fromkeys(one.details.module_id for one in reminders if one.details.module_id)
        )
        if len(reminders) < 2 or not modules:  # noqa: PLR2004 - one is no digest
            return None
        return QueueMessage(
            subject_id=reminders[0].subject_id,
            message_id="",
            kind="digest",
            cause_id=reminders[0].message_id,
            at=at,
            details=Details(modules=modules),
        )
