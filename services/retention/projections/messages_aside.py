"""The messages that a restore set aside: open until an operator or an erasure has dealt with them.

A message that was dealt with stays listed, so that what is delivered twice does not open it again.
"""

from collections.abc import Iterable
from typing import Final

from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection
from shared.database import Document, IndexModel
from shared.events.notify import MessageReleased, MessageSetAside, MessageSuppressed
from shared.topics import events_topic

OPEN: Final = "open"


class MessagesAside(Projection):
    """One document per message that was ever set aside."""

    name = "messages_aside"
    topics = (events_topic("notify"),)
    indexes = (IndexModel([(OPEN, 1)], partialFilterExpression={OPEN: True}),)

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Return the message the event is about."""
        match envelope.data:
            case (
                MessageSetAside(message_id=message)
                | MessageReleased(message_id=message)
                | MessageSuppressed(message_id=message)
            ):
                return (message,)
            case _:
                return ()

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return whether the message waits after the event."""
        if isinstance(envelope.data, MessageSetAside):
            return {OPEN: True}
        return None if document is None else {**document, OPEN: False}
