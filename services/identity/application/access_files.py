"""Use cases of access files: asked for with the case, followed, complete, fetched once (C8.1)."""

import hmac
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from services.identity.adapters.links import InvalidLinkError, Links
from services.identity.application.rights_cases import RightsCases
from services.identity.domain.access_file import commands as c
from services.identity.domain.access_file.decide import decide, require_fetchable
from services.identity.domain.access_file.events import AccessFileEvent
from services.identity.domain.access_file.evolve import evolve
from services.identity.domain.access_file.state import NO_FILE, AccessFile
from services.identity.domain.errors import FileFetchedError, UnknownFileError
from shared.access_files import CONTRIBUTORS
from shared.clock import Clock
from shared.command_handler import CommandHandler
from shared.consuming.read_model import ReadModel
from shared.event_store import EventStore, Metadata
from shared.events.access_files import AccessPartMade
from shared.events.base import SubjectId
from shared.packaging import sha256_of
from shared.requests import RequestIdentity

STREAM: Final = "access-file-"
FOLLOWED: Final = "access-files"


class AccessFiles:
    """Carries out commands on access files, each named like the rights case that it answers."""

    def __init__(
        self,
        store: EventStore,
        cases: RightsCases,
        links: Links,
        clock: Clock,
        *,
        secret: str,
        public_url: str,
    ) -> None:
        self._handler: CommandHandler[c.AccessFileCommand, AccessFile, AccessFileEvent] = (
            CommandHandler(store, initial=NO_FILE, decide=decide, evolve=evolve, grows_long=False)
        )
        self._cases = cases
        self._links = links
        self._clock = clock
        self._secret = secret.encode()
        self._public_url = public_url

    async def file(self, file_id: str) -> AccessFile:
        """Return the file as it is now; an empty one where there is none."""
        state, _ = await self._handler.state(STREAM + file_id)
        return state

    async def ask_for(self, case_id: str, meta: Metadata) -> None:
        """Have every service compose its part for a case of access whose person is known.

        Nothing happens for any other case, nor twice for one.
        """
        case = await self._cases.case(case_id)
        if case.kind != "access" or case.closed or case.identity is None:
            return
        command = c.RequestFile(
            case.subject_id,
            case_id,
            has_account=case.has_account,
            language=await self._cases.language_of(case),
            key_digest=sha256_of(self.key_of(case_id).encode()),
            owed=CONTRIBUTORS,
            at=self._clock.now(),
        )
        await self._do(case_id, case.subject_id, command, meta)

    async def take(self, part: AccessPartMade, meta: Metadata) -> None:
        """Note that a service has made its part; a part of no file of ours is nothing."""
        state = await self.file(part.file_id)
        if state.subject_id != part.subject_id:
            return
        command = c.TakePart(
            part.service,
            part.made_at,
            part.values,
            part.size,
            part.sha256,
            self._clock.now(),
        )
        await self._do(part.file_id, part.subject_id, command, meta)

    async def tell(self, file_id: str, meta: Metadata) -> None:
        """Tell the person where the complete file is."""
        state = await self.file(file_id)
        if state.until is None:
            return
        link = None
        if not state.has_account:
            token = self._links.token_of(state.subject_id, file_id)
            link = f"{self._public_url}/access-file?token={token}"
        await self._cases.tell_of_file(file_id, state.until, link, meta)

    async def opened(self, file_id: str, learner_id: SubjectId) -> AccessFile:
        """Return the file for its person to have it put together; nothing changes.

        Raises:
            UnknownFileError: it is not theirs, or there is none.
            FileIncompleteError: a part is owed still.
            FileFetchedError: they have had it.
            FileExpiredError: its term is over.
        """
        state = await self.file(file_id)
        if state.subject_id != learner_id:
            raise UnknownFileError
        require_fetchable(state, self._clock.now())
        return state

    async def linked(self, token: str) -> AccessFile:
        """Return the file that the link `token` leads to, as it is now.

        Raises:
            InvalidLinkError: the link is not ours, has expired, or its person has an account now.
        """
        subject_id, file_id = self._links.read_bound(token)
        state = await self.file(file_id)
        if state.subject_id != subject_id or state.has_account:
            raise InvalidLinkError
        return state

    async def opened_by_link(self, token: str) -> AccessFile:
        """Return the file as `opened` does, for who has no account and reads the known address.

        Raises:
            InvalidLinkError: see `linked`.
            FileIncompleteError, FileFetchedError, FileExpiredError: see `opened`.
        """
        state = await self.linked(token)
        require_fetchable(state, self._clock.now())
        return state

    async def fetched(self, file_id: str, subject_id: SubjectId, meta: Metadata) -> None:
        """Record that the person has the file: once, whoever asks how often.

        Raises:
            UnknownFileError: it is not theirs, or there is none.
            FileIncompleteError, FileFetchedError, FileExpiredError: see `opened`.
        """
        if (await self.file(file_id)).subject_id != subject_id:
            raise UnknownFileError
        command = c.FetchFile(self._clock.now())
        commit = await self._handler.handle(
            STREAM + file_id, command, subject=subject_id, meta=meta
        )
        if commit.repeated:
            # The same request, sent again: what it got the first time is all there is to get.
            raise FileFetchedError

    async def fetched_by_link(self, token: str, request: RequestIdentity) -> None:
        """Record as `fetched` does that who has no account has the file.

        Raises:
            InvalidLinkError: see `linked`.
            FileIncompleteError, FileFetchedError, FileExpiredError: see `opened`.
        """
        state = await self.linked(token)
        meta = Metadata.of(request, actor=state.subject_id, role="subject")
        await self.fetched(state.file_id, state.subject_id, meta)

    async def follow(self, files: ReadModel) -> Mapping[str, int]:
        """Ask again for the parts of `files` that are late; return how many files wait."""
        now = self._clock.now()
        found = [one["_id"] async for one in files.each({"look_at": {"$lte": now}})]
        for file_id in found:
            state = await self.file(file_id)
            command = c.FollowFile(now)
            await self._do(file_id, state.subject_id, command, Metadata.system(FOLLOWED))
        return {"late": len(found)}

    def key_of(self, file_id: str) -> str:
        """Return what services ask to see before they hand out a part; nobody else can make it."""
        return hmac.new(self._secret, b"access-file:" + file_id.encode(), sha256).hexdigest()

    async def _do(
        self, file_id: str, subject: SubjectId, command: c.AccessFileCommand, meta: Metadata
    ) -> None:
        await self._handler.handle(STREAM + file_id, command, subject=subject, meta=meta)
