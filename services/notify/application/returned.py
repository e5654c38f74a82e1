"""What comes back becomes events: bounces, complaints; the mailbox is left empty.

A report is deleted once it is recorded, since it quotes the message; what is no report of ours is
set aside for staff, for as long as `mail-content` has in the rules.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Literal, Protocol

from services.notify.adapters.reports import Report, read_report
from services.notify.adapters.return_path import ReturnPaths
from services.notify.adapters.suppression_list import SuppressionList
from services.notify.application.deliver import Dispatcher
from services.notify.application.ports import Directory, Tally
from services.notify.domain.basis import address_of
from services.notify.domain.commands import ReportBounce, ReportComplaint
from services.notify.domain.kinds import class_of
from services.notify.domain.state import MessageState
from services.notify.domain.suppression import after_bounce, after_complaint, hardness
from shared import telemetry
from shared.clock import Clock
from shared.imap import ImapMailbox, MailboxAwayError, MailboxSession, Waiting

LARGEST: Final = 5 * 1024 * 1024
"""Bytes; a report quotes one message of ours at most."""
ASIDE_FOR: Final = timedelta(days=30)
"""The term of `mail-content`."""

Outcome = Literal["bounced", "delayed", "delivered", "complained", "unknown", "aside", "gone"]

log = telemetry.logger(__name__)


class Tallying(Tally, Protocol):
    """Counts that are kept from time to time."""

    async def keep(self) -> None:
        """Keep what was counted."""
        ...


class Returned:
    """Takes in what waits in the return mailbox, and what a provider refuses for good."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        directory: Directory,
        suppressions: SuppressionList,
        returns: ReturnPaths | None,
        mailbox: ImapMailbox | None,
        tally: Tallying,
        clock: Clock,
    ) -> None:
        self._dispatcher = dispatcher
        self._directory = directory
        self._suppressions = suppressions
        self._returns = returns
        self._mailbox = mailbox
        self._tally = tally
        self._clock = clock

    async def run(self) -> Mapping[str, int]:
        """Take in what waits and forget what has ended; return how many mails came to what."""
        outcomes: Counter[str] = Counter()
        outcomes["ended"] = await self._suppressions.forget_ended(self._clock.now())
        await self._tally.keep()
        if self._mailbox is None or self._returns is None:
            return outcomes
        try:
            async with self._mailbox.opened() as session:
                for waiting in await session.waiting():
                    outcomes[await self._settle(session, waiting, self._returns)] += 1
                outcomes["forgotten"] = await session.forget_aside(self._clock.now() - ASIDE_FOR)
        except MailboxAwayError as error:
            log.warning("the return mailbox is away", error=str(error))
            outcomes["away"] += 1
        return outcomes

    async def take_in(self, report: Report) -> Outcome:
        """Record what `report` says; repeating it changes nothing."""
        state = await self._dispatcher.state_of(report.message_id)
        if state.status == "none":
            return "unknown"
        match report.what:
            case "delivered":
                return "delivered"
            case "delayed":
                return "delayed"
            case "failed":
                await self._bounced(state, report.status)
                return "bounced"
            case "complaint":
                await self._complained(state)
                return "complained"

    async def _settle(
        self, session: MailboxSession, waiting: Waiting, returns: ReturnPaths
    ) -> Outcome:
        """Take one mail in, then out of the mailbox; a crash in between repeats it."""
        if waiting.size > LARGEST:
            await session.set_aside(waiting.uid)
            return "aside"
        raw = await session.raw(waiting.uid)
        if raw is None:
            return "gone"
        report = read_report(raw, returns)
        if report is None:
            await session.set_aside(waiting.uid)
            return "aside"
        outcome = await self.take_in(report)
        await session.delete(waiting.uid)
        return outcome

    async def _bounced(self, state: MessageState, status: str) -> None:
        if state.status != "sent":
            return
        now, found = self._clock.now(), hardness(status)
        # The list first: a crash in between repeats both, and nothing is written to meanwhile.
        if (address := await self._address(state)) is not None:
            await self._suppressions.change(address, partial(after_bounce, found=found, at=now))
        command = ReportBounce(status, found == "hard", now)
        await self._dispatcher.report(state.message_id, command)
        self._tally.count("bounced", class_of(state.kind), found)

    async def _complained(self, state: MessageState) -> None:
        if state.complained:
            return
        now = self._clock.now()
        if (address := await self._address(state)) is not None:
            await self._suppressions.change(address, partial(after_complaint, at=now))
        await self._dispatcher.report(state.message_id, ReportComplaint(now))
        self._tally.count("complained", class_of(state.kind))

    async def _address(self, state: MessageState) -> str | None:
        """Return where `state` went, when that is still known."""
        recipient = await self._directory.find(state.subject_id)
        if recipient is None:
            return None
        address = address_of(state, recipient)
        if address is None or address.is_erased:
            return None
        own = address is recipient.email
        changed: datetime | None = recipient.address_since if own else None
        later = changed is not None and state.changed_at is not None and state.changed_at < changed
        return None if later else address.text()
