"""Carrying out and recalling a person's decisions."""

from datetime import datetime

from services.consent.domain.commands import ConsentCommand
from services.consent.domain.decide import decide
from services.consent.domain.events import ConsentDomainEvent
from services.consent.domain.evolve import evolve
from services.consent.domain.state import NOTHING_DECIDED, Decisions
from shared.command_handler import CommandHandler
from shared.event_store import EventStore, Metadata
from shared.events.base import SubjectId


class Consents:
    """The decisions of every person, one stream each."""

    def __init__(self, store: EventStore) -> None:
        self._store = store
        self._handler: CommandHandler[ConsentCommand, Decisions, ConsentDomainEvent] = (
            CommandHandler(store, initial=NOTHING_DECIDED, decide=decide, evolve=evolve)
        )

    async def handle(self, learner_id: SubjectId, command: ConsentCommand, meta: Metadata) -> None:
        """Carry out one decision."""
        await self._handler.handle(_stream(learner_id), command, subject=learner_id, meta=meta)

    async def decisions(self, learner_id: SubjectId) -> tuple[Decisions, dict[str, datetime]]:
        """Return what the person decided, and when each purpose was decided on last."""
        decisions, _ = await self._handler.state(_stream(learner_id))
        since = {
            record.event.model_dump()["purpose"]: record.at
            for record in await self._store.load(_stream(learner_id))
        }
        return decisions, since


def _stream(learner_id: SubjectId) -> str:
    return f"consents-{learner_id}"
