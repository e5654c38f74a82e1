"""Receipts: reacts to every credit with one receipt, and keeps the balances of both."""

from collections.abc import Iterable, Sequence
from typing import Final

from shared.command_handler import CommandHandler
from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection
from shared.consuming.reactions import Reaction
from shared.database import Document
from shared.event_store import RecordedEvent
from shared.events.base import DomainEvent, Identifier, SubjectId
from shared.events.identity import LearnerLoggedIn
from shared.events.notify import MessageSent
from shared.service import Kernel, Service, create_app
from tests.chaos.services import planted
from tests.chaos.services.world import ChaosSettings

NAME: Final = "notify"
"""The service whose keys, topic and database it uses."""


class ReceiptIssued(DomainEvent):
    learner_id: SubjectId
    cause: Identifier


def decide(envelope: Envelope, _: int) -> Sequence[DomainEvent]:
    """Issue a receipt: that it is the only one is the event store's business."""
    return [ReceiptIssued(learner_id=envelope.subject, cause=envelope.id)]


def publish(record: RecordedEvent) -> MessageSent | None:
    """Return the public event that a stored one leads to."""
    match record.event:
        case ReceiptIssued() as e:
            return MessageSent(subject_id=e.learner_id, message_id=e.cause, kind="welcome")
        case _:
            return None


class Balances(Projection):
    """Credits and receipts of each account, from two topics."""

    name = "balances"
    topics = ("identity.events", "notify.events")

    def keys(self, envelope: Envelope) -> Iterable[str]:
        return [envelope.subject]

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        known = document or {"credits": 0, "receipts": 0}
        match envelope.data:
            case LearnerLoggedIn():
                return {**known, "credits": known["credits"] + 1}
            case MessageSent():
                return {**known, "receipts": known["receipts"] + 1}
            case _:
                return document


def bootstrap(kernel: Kernel[ChaosSettings]) -> Service:
    """Wire the service."""
    receipts: CommandHandler[Envelope, int, DomainEvent] = CommandHandler(
        kernel.store, initial=0, decide=decide, evolve=lambda count, _: count + 1
    )

    async def issue(envelope: Envelope) -> None:
        await receipts.handle(
            f"receipts-{envelope.subject}",
            envelope,
            subject=envelope.subject,
            meta=planted.caused_by(envelope, "receipt"),
        )

    return Service(
        routers=[],
        projections=[Balances()],
        reactions=[Reaction("receipt", ("identity.events",), {LearnerLoggedIn: issue})],
    )


def application() -> object:
    """Return the ASGI application, for uvicorn."""
    planted.plant()
    return create_app(
        NAME,
        settings=ChaosSettings,
        domain_events=(ReceiptIssued,),
        publish=publish,
        bootstrap=bootstrap,
    )
