"""Use cases about prospects: getting in touch, conversion (C1.3, C2.9)."""

from services.identity.adapters.email_index import EmailIndex, Owner
from services.identity.domain.prospect import commands as c
from services.identity.domain.prospect.decide import decide
from services.identity.domain.prospect.events import ProspectEvent
from services.identity.domain.prospect.evolve import evolve
from services.identity.domain.prospect.state import NO_PROSPECT, Prospect
from shared.command_handler import CommandHandler
from shared.event_store import EventStore, Metadata
from shared.events.base import SubjectId
from shared.words import Language


class Prospects:
    """Carries out commands about prospects."""

    def __init__(self, store: EventStore, index: EmailIndex) -> None:
        self._handler: CommandHandler[c.ProspectCommand, Prospect, ProspectEvent] = CommandHandler(
            store, initial=NO_PROSPECT, decide=decide, evolve=evolve
        )
        self._index = index

    async def known_as(self, address: str | None, new_id: SubjectId) -> SubjectId:
        """Return the prospect with this normalised address: a known one, else `new_id`."""
        if address is None:
            return new_id
        known = await self._index.find_prospect(address)
        if known is not None:
            return known.subject
        if await self._index.reserve(address, Owner(new_id, "prospect")):
            return new_id
        other = await self._index.find_prospect(address)
        return other.subject if other else new_id

    async def get_in_touch(self, command: c.GetInTouch, meta: Metadata) -> None:
        """Record that somebody without an account got in touch."""
        await self._handle(command.prospect_id, command, meta)

    async def known(self, email: str) -> SubjectId | None:
        """Return the prospect with this address, if there is one."""
        owner = await self._index.find_prospect(email)
        if owner is None:
            return None
        state, _ = await self._handler.state(_stream(owner.subject))
        # An address may be reserved for a prospect whose message was never recorded.
        return state.prospect_id or None

    async def language(self, prospect_id: SubjectId) -> Language:
        """Return the language that the prospect wrote in last."""
        state, _ = await self._handler.state(_stream(prospect_id))
        return state.language

    async def convert(self, prospect_id: SubjectId, learner_id: SubjectId, meta: Metadata) -> None:
        """Note that the prospect became a learner."""
        await self._handle(prospect_id, c.ConvertProspect(learner_id), meta)

    async def _handle(
        self, prospect_id: SubjectId, command: c.ProspectCommand, meta: Metadata
    ) -> None:
        await self._handler.handle(_stream(prospect_id), command, subject=prospect_id, meta=meta)


def _stream(prospect_id: SubjectId) -> str:
    return f"prospect-{prospect_id}"
