"""Use cases about prospects: contact, interaction, conversion (C1.3, C2.9)."""

from services.identity.adapters.email_index import EmailIndex, Owner, normalised
from services.identity.domain.learner.commands import Language
from services.identity.domain.prospect import commands as c
from services.identity.domain.prospect.decide import decide
from services.identity.domain.prospect.events import ProspectEvent
from services.identity.domain.prospect.evolve import evolve
from services.identity.domain.prospect.state import NO_PROSPECT, Prospect
from shared.command_handler import CommandHandler
from shared.event_store import EventStore, Metadata
from shared.events.base import SubjectId
from shared.personal import Personal
from shared.requests import RequestIdentity


class Prospects:
    """Carries out commands about prospects."""

    def __init__(self, store: EventStore, index: EmailIndex) -> None:
        self._handler: CommandHandler[c.ProspectCommand, Prospect, ProspectEvent] = CommandHandler(
            store, initial=NO_PROSPECT, decide=decide, evolve=evolve
        )
        self._index = index

    async def contact(
        self,
        *,
        name: Personal[str],
        email: str,
        message: Personal[str],
        context: Personal[str] | None,
        language: Language,
        request: RequestIdentity,
    ) -> None:
        """Record a message from the contact form; a known address is the same prospect."""
        address = normalised(email)
        known = await self._index.find_prospect(address)
        prospect_id = known.subject if known else SubjectId(request.first_id())
        if known is None and not await self._index.reserve(address, Owner(prospect_id, "prospect")):
            other = await self._index.find_prospect(address)
            prospect_id = other.subject if other else prospect_id
        command = c.WriteToUs(
            prospect_id=prospect_id,
            name=name,
            email=Personal(address),
            message=message,
            context=context,
            language=language,
        )
        meta = Metadata.of(request, actor=prospect_id, role="prospect")
        await self._handle(prospect_id, command, meta)

    async def interact(self, prospect_id: SubjectId, meta: Metadata) -> None:
        """Record an exchange with the prospect.

        Raises:
            UnknownRequestError: there is no such prospect.
        """
        await self._handle(prospect_id, c.RecordInteraction(), meta)

    async def convert(self, email: str, learner_id: SubjectId, meta: Metadata) -> None:
        """Note that the prospect with this address, if any, became a learner."""
        known = await self._index.find_prospect(email)
        if known is None:
            return
        state, _ = await self._handler.state(_stream(known.subject))
        # An address may be reserved for a prospect whose message was never recorded.
        if state.prospect_id:
            await self._handle(known.subject, c.ConvertProspect(learner_id), meta)

    async def _handle(
        self, prospect_id: SubjectId, command: c.ProspectCommand, meta: Metadata
    ) -> None:
        await self._handler.handle(_stream(prospect_id), command, subject=prospect_id, meta=meta)


def _stream(prospect_id: SubjectId) -> str:
    return f"prospect-{prospect_id}"
