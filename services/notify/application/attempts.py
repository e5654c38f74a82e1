"""One attempt at a message: its basis checked at the last moment, then handed over."""

from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from services.notify.application.digest import Digest
from services.notify.application.ports import Composer, Lanes, Mailer, Outgoing, Suppressions, Tally
from services.notify.application.uses import ChoicesUnknownError, refused_by
from services.notify.domain.basis import address_of, why_not
from services.notify.domain.commands import (
    Defer,
    MessageCommand,
    ReportFailure,
    ReportSent,
    SuppressMessage,
)
from services.notify.domain.errors import BusyError, DeliveryError
from services.notify.domain.kinds import class_of, rules_of
from services.notify.domain.recipient import Recipient
from services.notify.domain.state import MessageState
from services.notify.domain.suppression import Suppression, after_bounce, hardness
from services.notify.domain.timing import QuietHours, quiet_until
from shared.choices import Choices
from shared.clock import Clock

UNKNOWN_FOR: Final = timedelta(seconds=10)
"""How long a message waits when nobody knows what its person decided."""
STOPPED_FOR: Final = timedelta(minutes=15)
"""After how long a message asks again whether data may flow to the provider."""

Start = Callable[[], Awaitable[MessageState | None]]
"""Records that an attempt starts; `None` where somebody else is at it or it is no longer open."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What messages leave through, and what is asked before they do."""

    composer: Composer
    mailer: Mailer
    lanes: Lanes
    suppressions: Suppressions
    tally: Tally
    sender_of: Callable[[str], str]
    """The envelope sender of a message, by its id."""
    choices: Choices
    quiet: QuietHours
    """When nothing leaves that may wait."""
    stopped: Callable[[], Awaitable[str | None]]
    """Why nothing may be handed to the provider now, if so (C10.1)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt, to be recorded."""

    command: MessageCommand
    domain: str = ""
    """Where it went, where it was tried."""


class Attempts:
    """Hands messages over, or says why one does not leave, or not yet."""

    def __init__(self, outside: Outside, digest: Digest, clock: Clock) -> None:
        self._outside = outside
        self._digest = digest
        self._clock = clock

    async def made(
        self,
        state: MessageState,
        recipient: Recipient | None,
        known: Suppression,
        *,
        start: Start | None = None,
        last_chance: bool = False,
    ) -> Outcome | None:
        """Try to send a message and return what came of it.

        Args:
            state: as its stream tells it, or will once what came of it is stored.
            recipient: read a moment ago.
            known: what speaks against the address.
            start: of a message that was in the queue; `None` is returned where it says so.
            last_chance: a failure is final.

        Raises:
            BusyError: it is not its turn, and it was in the queue already (`start`).
        """
        now = self._clock.now()
        reason = why_not(state, recipient, known.holds(now))
        if recipient is None or reason is not None:
            return Outcome(SuppressMessage(reason or "no_address", now))
        later = await self._stopped() or await self._out_of_regard(state, recipient)
        if later is not None:
            return Outcome(later)
        address = address_of(state, recipient)
        to = "" if address is None else address.text()
        domain = to.rpartition("@")[2].lower()
        may_wait = rules_of(state.kind).may_wait
        lane = self._outside.lanes.turn(domain, may_wait=may_wait)
        try:
            async with nullcontext() if last_chance else lane:
                if start is not None:
                    started = await start()
                    if started is None:
                        return None
                    state = started
                return Outcome(await self._handed_over(state, recipient, now), domain)
        except BusyError as busy:
            if start is not None:
                raise
            until = self._clock.now() + timedelta(seconds=busy.seconds)
            return Outcome(Defer("turn", until, self._clock.now()))
        except DeliveryError as error:
            if error.status is not None and hardness(error.status) == "hard":
                await self._outside.suppressions.change(
                    to, partial(after_bounce, found="hard", at=now)
                )
            unrepeated = error.doubtful and not rules_of(state.kind).repeated
            permanent = error.permanent or last_chance or unrepeated
            failure = ReportFailure(error.code, permanent, self._clock.now(), error.status)
            return Outcome(failure, domain)

    def settled(self, message: str) -> None:
        """Note that what became of a message is stored: no journal needs to know it."""
        self._outside.mailer.settled(message)

    def count(self, outcome: Outcome, after: MessageState) -> None:
        """Count what came of a message that is now as `after` says."""
        tally, of = self._outside.tally, class_of(after.kind)
        match outcome.command:
            case ReportSent():
                tally.count("sent", of)
            case SuppressMessage(reason):
                tally.count("suppressed", of, reason)
            case ReportFailure():
                provider = self._outside.lanes.name_of(outcome.domain)
                tally.count("deferred" if after.is_open else "failed", of, provider)
            case _:
                # It waits: what comes of it then is counted.
                return

    async def _handed_over(
        self, state: MessageState, recipient: Recipient, at: datetime
    ) -> MessageCommand:
        written = self._outside.composer.written(state, recipient, at)
        content = await self._outside.mailer.signed(written.content)
        # Asked last: what was prepared before somebody said no is not sent either.
        if (instead := self._not_agreed(state)) is not None:
            return instead
        sender, priority = self._outside.sender_of(state.message_id), rules_of(state.kind).priority
        mail = Outgoing(state.message_id, sender, written.to, content, priority)
        await self._outside.mailer.send(mail)
        return ReportSent(self._clock.now())

    def _not_agreed(self, state: MessageState) -> SuppressMessage | Defer | None:
        """Return what becomes of a message that its person does not agree to, or may not."""
        now = self._clock.now()
        try:
            refused = refused_by(state, self._outside.choices)
        except ChoicesUnknownError:
            return Defer("choices", now + UNKNOWN_FOR, now)
        return None if refused is None else SuppressMessage(refused, now)

    async def _stopped(self) -> Defer | None:
        """Return until when a message waits while no data may flow to the provider (C10.1)."""
        if await self._outside.stopped() is None:
            return None
        now = self._clock.now()
        return Defer("transfer", now + STOPPED_FOR, now)

    async def _out_of_regard(self, state: MessageState, recipient: Recipient) -> Defer | None:
        """Return until when what may wait does: quiet hours, and one teaching message a day."""
        if not rules_of(state.kind).may_wait:
            return None
        now = self._clock.now()
        free = await self._digest.free_from(state, now)
        hours = self._outside.quiet
        quiet = quiet_until(free, recipient.zone, state.message_id, hours)
        if quiet is not None:
            return Defer("quiet_hours" if free == now else "digest", quiet, now)
        return None if free == now else Defer("digest", free, now)
