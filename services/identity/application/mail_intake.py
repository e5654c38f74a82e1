"""Mail to our address becomes support requests, each once; the mailbox is left empty (C13.4).

A mail is deleted from the mailbox once it is recorded, sealed: its copy there would know no term.
What cannot be recorded is set aside for staff, for as long as `mail-content` has in the rules.
"""

import hmac
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Final, Literal
from uuid import UUID

from services.identity.adapters.email_index import normalised
from services.identity.adapters.mail_parsing import Mail, UnreadableMailError, read_mail
from services.identity.adapters.thread_tokens import ThreadTokens
from services.identity.application.intake import Incoming, Intake, request_of
from services.identity.domain.nobody import NOBODY
from services.identity.domain.support.files import sort, with_refused
from shared import telemetry
from shared.clock import Clock
from shared.event_store import Metadata
from shared.imap import (
    ImapMailbox,
    MailboxAwayError,
    MailboxSession,
    Waiting,
)
from shared.personal import Personal

LARGEST: Final = 25 * 1024 * 1024
"""Bytes; most providers refuse more as well."""
ASIDE_FOR: Final = timedelta(days=30)
"""The term of `mail-content`."""

Outcome = Literal["taken", "automatic", "too_large", "unreadable", "gone"]

log = telemetry.logger(__name__)


class MailIntake:
    """Takes in what waits in the mailbox."""

    def __init__(
        self,
        mailbox: ImapMailbox,
        intake: Intake,
        tokens: ThreadTokens,
        clock: Clock,
        *,
        secret: str,
        own_address: str,
    ) -> None:
        self._mailbox = mailbox
        self._intake = intake
        self._tokens = tokens
        self._clock = clock
        self._secret = secret.encode()
        self._own_address = normalised(own_address)

    async def run(self) -> Mapping[str, int]:
        """Take in what waits; return how many mails came to what."""
        outcomes: Counter[str] = Counter()
        try:
            async with self._mailbox.opened() as session:
                for waiting in await session.waiting():
                    outcomes[await self._settle(session, waiting)] += 1
                outcomes["forgotten"] = await session.forget_aside(self._clock.now() - ASIDE_FOR)
        except MailboxAwayError as error:
            log.warning("the mailbox is away", error=str(error))
            outcomes["away"] += 1
        return outcomes

    async def _settle(self, session: MailboxSession, waiting: Waiting) -> Outcome:
        """Take one mail in, then out of the mailbox; a crash in between repeats it."""
        if waiting.size > LARGEST:
            await session.set_aside(waiting.uid)
            return "too_large"
        raw = await session.raw(waiting.uid)
        if raw is None:
            return "gone"
        try:
            mail = read_mail(raw)
        except UnreadableMailError as error:
            log.warning("a mail is set aside", reason=str(error))
            await session.set_aside(waiting.uid)
            return "unreadable"
        answered = mail.automatic or mail.address == self._own_address
        if not answered:
            await self._take_in(mail, raw)
        await session.delete(waiting.uid)
        return "automatic" if answered else "taken"

    async def _take_in(self, mail: Mail, raw: bytes) -> None:
        # The same mail has the same ids however often it comes, so it is recorded once.
        new_id = self._id_of(mail.message_id or sha256(raw).hexdigest())
        threads = [self._tokens.read(token) for token in mail.tokens]
        threads += [request_of(self._id_of(reference)) for reference in mail.references]
        files = sort(mail.attachments)
        incoming = Incoming(
            channel="email",
            name=Personal(mail.name),
            email=Personal(mail.address),
            message=Personal(with_refused(mail.text, files.refused)),
            title=Personal(mail.subject) if mail.subject else None,
            language="en" if mail.english else "fr",
            mail=None if mail.message_id is None else Personal(mail.message_id),
            files=files.taken,
            threads=tuple(thread for thread in threads if thread is not None),
        )
        meta = Metadata(
            actor=NOBODY, role="prospect", correlation_id=new_id, command_id=f"mail:{new_id}"
        )
        await self._intake.receive(incoming, new_id, meta)

    def _id_of(self, message_id: str) -> str:
        """Return the id that a Message-ID stands for: keyed, since it may name its sender."""
        digest = hmac.new(self._secret, b"mail:" + message_id.encode(), sha256).digest()
        return str(UUID(bytes=digest[:16]))
