"""Use cases of support requests (C2.7)."""

from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from typing import Final, cast
from uuid import UUID, uuid5

from services.identity.adapters.support_files import SupportFiles
from services.identity.adapters.thread_tokens import ThreadTokens
from services.identity.domain.errors import UnknownRequestError
from services.identity.domain.support import commands as c
from services.identity.domain.support.decide import decide
from services.identity.domain.support.events import FileAttached, RequestOpened, SupportEvent
from services.identity.domain.support.evolve import evolve
from services.identity.domain.support.files import Attachment
from services.identity.domain.support.state import NO_REQUEST, SupportRequest
from shared.command_handler import CommandHandler
from shared.event_store import Commit, EventStore, Metadata, RecordedEvent
from shared.events.base import SubjectId
from shared.events.support import SupportChannel, SupportQueue
from shared.personal import Personal

STREAM: Final = "support-"


class Support:
    """Carries out commands on support requests."""

    def __init__(self, store: EventStore, tokens: ThreadTokens, files: SupportFiles) -> None:
        self._handler: CommandHandler[c.SupportCommand, SupportRequest, SupportEvent] = (
            CommandHandler(store, initial=NO_REQUEST, decide=decide, evolve=evolve)
        )
        self._store = store
        self._tokens = tokens
        self._files = files

    async def keep(
        self, files: Sequence[Attachment], root: str, subject: SubjectId, request_id: str
    ) -> tuple[c.AttachedFile, ...]:
        """Keep `files` before the fact that names them; a repetition with `root` keeps them once.

        Raises:
            KeyClosedError: the request has been forgotten.
        """
        kept = []
        for number, one in enumerate(files):
            file_id = str(uuid5(UUID(root), f"file {number}"))
            await self._files.keep(file_id, subject, request_id, one.content)
            name, size = Personal(one.name), len(one.content)
            kept.append(c.AttachedFile(file_id, name, one.media_type or "", size))
        return tuple(kept)

    async def keep_for_own(
        self, files: Sequence[Attachment], root: str, subject: SubjectId, request_id: str
    ) -> tuple[c.AttachedFile, ...]:
        """Keep `files` that `subject` adds to a request of theirs, as `keep` does.

        Raises:
            UnknownRequestError: it is not theirs, or there is none.
        """
        if (await self.request(request_id)).subject_id != subject:
            raise UnknownRequestError
        return await self.keep(files, root, subject, request_id)

    async def open(self, command: c.OpenRequest, meta: Metadata) -> None:
        """Open a request."""
        stream = _stream(command.request_id)
        await self._handler.handle(stream, command, subject=command.subject_id, meta=meta)

    async def request(self, request_id: str) -> SupportRequest:
        """Return the request as it is now; an empty one where there is none."""
        state, _ = await self._handler.state(_stream(request_id))
        return state

    async def opened(self, request_id: str) -> tuple[datetime, SupportChannel]:
        """Return when what the request is about was first said, and how it came.

        Raises:
            UnknownRequestError: there is no such request.
        """
        for record in await self._store.load(_stream(request_id)):
            if isinstance(record.event, RequestOpened):
                return record.event.said_at or record.at, record.event.channel
        raise UnknownRequestError

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

    async def hand_on(self, prospect_id: SubjectId, learner_id: SubjectId, meta: Metadata) -> None:
        """Have the account of who was a prospect go on with what is still open (C2.9).

        What is resolved is not needed any more and goes with the prospect. Repeating it changes
        nothing.
        """
        streams: dict[str, list[RecordedEvent]] = {}
        for record in await self._store.load_subject(prospect_id):
            if record.stream.startswith(STREAM):
                streams.setdefault(record.stream, []).append(record)
        for stream, records in streams.items():
            said = tuple(c.Said(cast("SupportEvent", one.event), one.at) for one in records)
            state = reduce(evolve, (one.event for one in said), NO_REQUEST)
            if state.resolved:
                continue
            request_id = handed_on(stream.removeprefix(STREAM))
            files = {
                one.event.file_id: handed_on(one.event.file_id)
                for one in said
                if isinstance(one.event, FileAttached)
            }
            for old, new in files.items():
                if (content := await self._files.content(old)) is not None:
                    await self._files.keep(new, learner_id, request_id, content)
            command = c.TakeOverRequest(learner_id, request_id, said, files)
            await self._handler.handle(
                _stream(request_id), command, subject=learner_id, meta=meta.for_step(request_id)
            )

    def reply(
        self,
        request_id: str,
        staff_id: SubjectId,
        message: str,
        author: Personal[str] | None,
        channel: SupportChannel | None,
    ) -> c.ReplyToRequest:
        """Return the command that answers a request, with the token that finds it again.

        Raises:
            UnknownRequestError: no request is called so.
        """
        try:
            token = self._tokens.token(request_id)
        except ValueError:
            raise UnknownRequestError from None
        return c.ReplyToRequest(staff_id, Personal(message), author, channel, token)


def handed_on(request_id: str) -> str:
    """Return under which id a prospect's request goes on once the prospect has an account."""
    return str(uuid5(UUID(request_id), "learner"))


def _stream(request_id: str) -> str:
    return STREAM + request_id
