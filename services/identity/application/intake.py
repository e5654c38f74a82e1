"""Taking in what somebody says, by whatever channel it comes (C1.3, C13.4)."""

from dataclasses import dataclass, replace
from uuid import UUID, uuid5

from services.identity.adapters.email_index import EmailIndex, normalised
from services.identity.adapters.thread_tokens import ThreadTokens
from services.identity.application.accounts import Accounts
from services.identity.application.prospects import Prospects
from services.identity.application.support import Support, handed_on
from services.identity.domain.learner.commands import Language
from services.identity.domain.learner.state import AccountState
from services.identity.domain.prospect.commands import GetInTouch
from services.identity.domain.support.commands import AttachedFile, OpenRequest, ReceiveMessage
from services.identity.domain.support.files import Attachment
from shared.clock import Clock
from shared.event_store import Metadata
from shared.events.base import SubjectId
from shared.events.support import SupportChannel
from shared.personal import Personal


@dataclass(frozen=True, slots=True)
class Incoming:
    """What somebody says who is not signed in; its `repr` shows nothing."""

    channel: SupportChannel
    name: Personal[str]
    email: Personal[str] | None
    message: Personal[str]
    title: Personal[str] | None = None
    context: Personal[str] | None = None
    language: Language = "fr"
    mail: Personal[str] | None = None
    """Message-ID of the mail it came as."""
    threads: tuple[str, ...] = ()
    """Requests that it may belong to, the likeliest first."""
    files: tuple[Attachment, ...] = ()
    """What came with it and is taken."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who says it."""

    subject: SubjectId
    has_account: bool


def request_of(new_id: str) -> str:
    """Return the id of the request that what came as `new_id` opens."""
    return str(uuid5(UUID(new_id), "request"))


class Intake:
    """Finds out who speaks, and about what, and records it."""

    def __init__(
        self,
        support: Support,
        prospects: Prospects,
        accounts: Accounts,
        index: EmailIndex,
        clock: Clock,
        tokens: ThreadTokens,
    ) -> None:
        self._support = support
        self._prospects = prospects
        self._accounts = accounts
        self._index = index
        self._clock = clock
        self._tokens = tokens

    async def receive(self, incoming: Incoming, new_id: str, meta: Metadata) -> str:
        """Record `incoming` and return the request it belongs to.

        Args:
            incoming: what was said.
            new_id: id of the person, and root of that of the request, where they are new; the
                same again for a repetition, which then changes nothing.
            meta: who records it; without an actor, the sender.
        """
        address = None if incoming.email is None else normalised(incoming.email.text())
        sender = await self._sender(address, SubjectId(new_id))
        meta = meta if meta.actor else replace(meta, actor=sender.subject)
        for thread in incoming.threads:
            for request_id in (thread, handed_on(thread)):
                if await self._is_of(request_id, sender):
                    files = await self._support.keep(
                        incoming.files, new_id, sender.subject, request_id
                    )
                    return await self._add(request_id, incoming, files, meta)
        request_id = request_of(new_id)
        if not sender.has_account:
            command = GetInTouch(
                prospect_id=sender.subject,
                name=incoming.name,
                email=None if address is None else Personal(address),
                context=incoming.context,
                language=incoming.language,
                thread=self._tokens.token(request_id),
            )
            await self._prospects.get_in_touch(command, meta)
            # A repetition finds the request open already, whichever step was the last.
            meta = replace(meta, command_id=None, fingerprint=None)
        files = await self._support.keep(incoming.files, new_id, sender.subject, request_id)
        return await self._open(incoming, sender, request_id, files, meta)

    async def _sender(self, address: str | None, new_id: SubjectId) -> Sender:
        owner = None if address is None else await self._index.find_account(address)
        if owner is not None and owner.kind == "learner":
            account = await self._accounts.learner(owner.subject)
            if account.state is AccountState.OPEN:
                return Sender(owner.subject, has_account=True)
        return Sender(await self._prospects.known_as(address, new_id), has_account=False)

    async def _is_of(self, request_id: str, sender: Sender) -> bool:
        """Whether `sender` may add to the request: a token shows the way, not who comes."""
        request = await self._support.request(request_id)
        return request.subject_id == sender.subject

    async def _add(
        self,
        request_id: str,
        incoming: Incoming,
        files: tuple[AttachedFile, ...],
        meta: Metadata,
    ) -> str:
        command = ReceiveMessage(
            incoming.message,
            self._clock.now(),
            incoming.channel,
            incoming.mail,
            incoming.title,
            files,
        )
        await self._support.handle(request_id, command, meta)
        return request_id

    async def _open(
        self,
        incoming: Incoming,
        sender: Sender,
        request_id: str,
        files: tuple[AttachedFile, ...],
        meta: Metadata,
    ) -> str:
        command = OpenRequest(
            subject_id=sender.subject,
            request_id=request_id,
            message=incoming.message,
            at=self._clock.now(),
            title=incoming.title,
            channel=incoming.channel,
            has_account=sender.has_account,
            mail=incoming.mail,
            files=files,
        )
        await self._support.open(command, meta)
        return request_id
