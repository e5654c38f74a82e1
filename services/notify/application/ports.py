"""What the use cases need from outside."""

from collections.abc import AsyncIterator
from datetime import datetime
from email.message import EmailMessage
from typing import Protocol

from services.notify.domain.recipient import Recipient
from services.notify.domain.state import MessageState
from shared.consuming.envelope import Envelope
from shared.events.base import SubjectId


class Directory(Protocol):
    """Whom messages may reach."""

    async def find(self, subject_id: SubjectId) -> Recipient | None:
        """Return the recipient as known now, values opened."""
        ...

    async def has_taken_in(self, envelope: Envelope) -> bool:
        """Wait, for a bounded time, until what `envelope` says is known; whether it is."""
        ...

    def consenting(self, purpose: str) -> AsyncIterator[list[SubjectId]]:
        """Yield the people who consent to `purpose`, page by page."""
        ...


class Pending(Protocol):
    """Which messages are still to be settled."""

    async def put(self, message_id: str, subject_id: SubjectId, due: datetime) -> None:
        """Note that the message is to be looked at again from `due` on."""
        ...

    async def set_aside(self, message_id: str, subject_id: SubjectId, since: datetime) -> None:
        """Note that the message waits for an operator."""
        ...

    async def remove(self, message_id: str) -> None:
        """Note that the message is settled."""
        ...

    async def due(self, at: datetime, limit: int) -> list[str]:
        """Return messages to be looked at by `at`."""
        ...

    async def of_subject(self, subject_id: SubjectId) -> list[str]:
        """Return the unsettled messages to one person."""
        ...


class Composer(Protocol):
    """Writes messages."""

    def compose(self, message: MessageState, recipient: Recipient, at: datetime) -> EmailMessage:
        """Return the message as it is to leave; `DeliveryError` when it cannot be written."""
        ...


class Mailer(Protocol):
    """Hands messages to the e-mail provider."""

    async def send(self, message: EmailMessage) -> None:
        """Return once it is accepted; `DeliveryError` when it is not."""
        ...
