"""Use cases of support requests (C2.7)."""

from services.identity.adapters.thread_tokens import ThreadTokens
from services.identity.domain.errors import UnknownRequestError
from services.identity.domain.support import commands as c
from services.identity.domain.support.decide import decide
from services.identity.domain.support.events import SupportEvent
from services.identity.domain.support.evolve import evolve
from services.identity.domain.support.state import NO_REQUEST, SupportRequest
from shared.command_handler import CommandHandler
from shared.event_store import Commit, EventStore, Metadata
from shared.events.base import SubjectId
from shared.events.support import SupportChannel, SupportQueue
from shared.personal import Personal


class Support:
    """Carries out commands on support requests."""

    def __init__(self, store: EventStore, tokens: ThreadTokens) -> None:
        self._handler: CommandHandler[c.SupportCommand, SupportRequest, SupportEvent] = (
            CommandHandler(store, initial=NO_REQUEST, decide=decide, evolve=evolve)
        )
        self._tokens = tokens

    async def open(self, command: c.OpenRequest, meta: Metadata) -> None:
        """Open a request."""
        stream = _stream(command.request_id)
        await self._handler.handle(stream, command, subject=command.subject_id, meta=meta)

    async def request(self, request_id: str) -> SupportRequest:
        """Return the request as it is now; an empty one where there is none."""
        state, _ = await self._handler.state(_stream(request_id))
        return state

    async def handle(
        self,
        request_id: str,
        command: c.SupportCommand,
        meta: Metadata,
        *,
        queue: SupportQueue | None = None,
        of: SubjectId | None = None,
    ) -> Commit:
        """Carry out a command on an existing request.

        Args:
            request_id: the request.
            command: what is to be done.
            meta: who does it.
            queue: the queue it must be in, for whoever sees that one alone.
            of: whose it must be, for whoever sees their own alone.

        Raises:
            UnknownRequestError: there is no such request, or not for this caller.
            IdentityError: its state does not allow it.
        """
        state = await self.request(request_id)
        if not state.request_id or queue not in (None, state.queue):
            raise UnknownRequestError
        if of not in (None, state.subject_id):
            raise UnknownRequestError
        return await self._handler.handle(
            _stream(request_id), command, subject=state.subject_id, meta=meta
        )

    def reply(
        self,
        request_id: str,
        staff_id: SubjectId,
        message: str,
        author: Personal[str] | None,
        channel: SupportChannel | None,
    ) -> c.ReplyToRequest:
        """Return the command that answers a request, with the token that finds it again."""
        token = self._tokens.token(request_id)
        return c.ReplyToRequest(staff_id, Personal(message), author, channel, token)


def _stream(request_id: str) -> str:
    return f"support-{request_id}"
