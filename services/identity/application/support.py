"""Use cases of support requests (C2.7)."""

from services.identity.domain.errors import UnknownRequestError
from services.identity.domain.support import commands as c
from services.identity.domain.support.decide import decide
from services.identity.domain.support.events import SupportEvent
from services.identity.domain.support.evolve import evolve
from services.identity.domain.support.state import NO_REQUEST, SupportRequest
from shared.command_handler import CommandHandler
from shared.event_store import EventStore, Metadata


class Support:
    """Carries out commands on support requests."""

    def __init__(self, store: EventStore) -> None:
        self._handler: CommandHandler[c.SupportCommand, SupportRequest, SupportEvent] = (
            CommandHandler(store, initial=NO_REQUEST, decide=decide, evolve=evolve)
        )

    async def open(self, command: c.OpenRequest, meta: Metadata) -> None:
        """Open a request."""
        stream = _stream(command.request_id)
        await self._handler.handle(stream, command, subject=command.learner_id, meta=meta)

    async def handle(self, request_id: str, command: c.SupportCommand, meta: Metadata) -> None:
        """Carry out a command of staff on an existing request.

        Raises:
            IdentityError: there is no such request, or its state does not allow it.
        """
        state, _ = await self._handler.state(_stream(request_id))
        if not state.request_id:
            raise UnknownRequestError
        await self._handler.handle(
            _stream(request_id), command, subject=state.learner_id, meta=meta
        )


def _stream(request_id: str) -> str:
    return f"support-{request_id}"
