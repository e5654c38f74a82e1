"""Use cases of rights cases: opened, shown who asks, acknowledged, extended, answered (C8, C13)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from typing import Final, cast

from services.identity.adapters.links import InvalidLinkError, Links
from services.identity.adapters.rights_words import RightsWords
from services.identity.application.accounts import Accounts
from services.identity.application.prospects import Prospects
from services.identity.application.support import Support, handed_on
from services.identity.domain.errors import (
    NoExchangeError,
    ReceiptDateError,
    RightsCaseOpenError,
    UnknownRightsCaseError,
)
from services.identity.domain.majority import PARIS
from services.identity.domain.rights_case import commands as c
from services.identity.domain.rights_case.decide import decide
from services.identity.domain.rights_case.events import RightsCaseEvent, RightsCaseOpened
from services.identity.domain.rights_case.evolve import evolve
from services.identity.domain.rights_case.state import NO_CASE, RightsCase
from services.identity.domain.support.commands import OpenRequest
from shared.clock import Clock
from shared.command_handler import CommandHandler
from shared.consuming.read_model import ReadModel
from shared.event_store import EventStore, Metadata, RecordedEvent
from shared.events.base import SubjectId
from shared.events.rights_cases import ExtensionReason, RightsKind, RightsOutcome
from shared.personal import Personal
from shared.requests import RequestIdentity
from shared.words import Language

STREAM: Final = "rights-case-"
FOLLOWED: Final = "rights-cases"
SYSTEM: Final = SubjectId("system")
"""Who speaks where no member of staff does."""
LATEST_NOTED: Final = timedelta(days=60)
"""How long after its receipt a letter may be noted."""
WITH_REMEDIES: Final[frozenset[RightsOutcome]] = frozenset({"partly_granted", "refused"})
"""Answers that name the ways to the CNIL and the courts (GDPR art. 12(4))."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a case comes to, and what the person is told of it."""

    outcome: RightsOutcome
    message: str
    author: Personal[str] | None


class RightsCases:
    """Carries out commands on rights cases, each beside the exchange it is named like."""

    def __init__(
        self,
        store: EventStore,
        support: Support,
        accounts: Accounts,
        prospects: Prospects,
        links: Links,
        words: RightsWords,
        clock: Clock,
        public_url: str,
    ) -> None:
        self._handler: CommandHandler[c.RightsCaseCommand, RightsCase, RightsCaseEvent] = (
            CommandHandler(store, initial=NO_CASE, decide=decide, evolve=evolve, grows_long=False)
        )
        self._store = store
        self._support = support
        self._accounts = accounts
        self._prospects = prospects
        self._links = links
        self._words = words
        self._clock = clock
        self._public_url = public_url

    async def case(self, case_id: str) -> RightsCase:
        """Return the case as it is now; an empty one where there is none."""
        state, _ = await self._handler.state(STREAM + case_id)
        return state

    async def require_none_open(self, request_id: str) -> None:
        """Return when no open case is about the exchange: its answer ends both.

        Raises:
            RightsCaseOpenError: one is.
        """
        state = await self.case(request_id)
        if state.case_id and not state.closed:
            raise RightsCaseOpenError

    async def ask_for_file(self, learner_id: SubjectId, request: RequestIdentity) -> str:
        """Open a case that the file of everything held answers by itself, and return its id."""
        message = self._words.file_asked.said(await self._language(learner_id, has_account=True))
        return await self.ask(learner_id, "access", message, request, file_alone=True)

    async def ask(
        self,
        learner_id: SubjectId,
        kind: RightsKind,
        message: str,
        request: RequestIdentity,
        *,
        file_alone: bool = False,
    ) -> str:
        """Open a case of somebody signed in, with its exchange, and return its id."""
        case_id = request.first_id()
        language = await self._language(learner_id, has_account=True)
        meta = Metadata.of(request, actor=learner_id, role="learner")
        now = self._clock.now()
        exchange = OpenRequest(
            learner_id,
            case_id,
            Personal(message),
            now,
            title=Personal(self._words.titled(kind, language)),
            queue="privacy",
        )
        await self._support.open(exchange, meta)
        command = c.OpenRightsCase(
            learner_id, case_id, kind, "portal", now, identity="session", file_alone=file_alone
        )
        await self._do(case_id, learner_id, command, meta.for_step("case"))
        return case_id

    async def enter(
        self, request_id: str, kind: RightsKind, received_on: date | None, meta: Metadata
    ) -> None:
        """Open a case about an exchange of the privacy queue, however it came in.

        The term runs from the day of receipt, not from that of this note (GDPR art. 12(3)).

        Raises:
            NoExchangeError: there is no such exchange in the privacy queue.
            ReceiptDateError: the day is after the exchange began, or long before.
        """
        exchange = await self._support.request(request_id)
        if not exchange.request_id or exchange.queue != "privacy":
            raise NoExchangeError
        opened_at, channel = await self._support.opened(request_id)
        command = c.OpenRightsCase(
            exchange.subject_id,
            request_id,
            kind,
            channel,
            _received(opened_at, received_on),
            has_account=exchange.has_account,
            identity="session" if channel == "portal" else None,
        )
        await self._do(request_id, exchange.subject_id, command, meta)

    async def confirm(self, case_id: str, learner_id: SubjectId, meta: Metadata) -> None:
        """Record that somebody signed in says that the request is theirs.

        Raises:
            UnknownRightsCaseError: it is not theirs, or there is none.
        """
        await self._own(case_id, learner_id, c.ConfirmIdentity("session"), meta)

    async def asked(self, token: str) -> RightsCase:
        """Return the case that the link `token` confirms; reading it changes nothing.

        Raises:
            InvalidLinkError: the link is not ours, or has expired, or its case is no more.
        """
        subject_id, case_id = self._links.read_bound(token)
        state = await self.case(case_id)
        if state.subject_id != subject_id:
            raise InvalidLinkError
        return state

    async def confirm_by_link(self, token: str, request: RequestIdentity) -> None:
        """Record that whoever reads the known address's mail says that the request is theirs.

        Raises:
            InvalidLinkError: the link is not ours, or has expired, or its case is no more.
        """
        state = await self.asked(token)
        meta = Metadata.of(request, actor=state.subject_id, role="subject")
        await self._do(state.case_id, state.subject_id, c.ConfirmIdentity("link"), meta)

    async def withdraw(self, case_id: str, learner_id: SubjectId, meta: Metadata) -> None:
        """Take one's own request back.

        Raises:
            UnknownRightsCaseError: it is not theirs, or there is none.
            RightsCaseClosedError: it is over.
        """
        command = c.CloseRightsCase("withdrawn", self._clock.now())
        await self._own(case_id, learner_id, command, meta)

    async def assign(self, case_id: str, assignee: str | None, meta: Metadata) -> None:
        """Have somebody of staff take care of the case, or nobody.

        Raises:
            UnknownRightsCaseError: there is no such case.
            RightsCaseClosedError: it is over.
        """
        state = await self.case(case_id)
        await self._do(case_id, state.subject_id, c.AssignRightsCase(assignee), meta)

    async def extend(
        self, case_id: str, reason: ExtensionReason, staff_id: SubjectId, meta: Metadata
    ) -> None:
        """Take two months more, and tell the person why (GDPR art. 12(3)).

        The notice goes first: a longer term of which nobody was told would be none.

        Raises:
            UnknownRightsCaseError: there is no such case.
            RightsCaseClosedError: it is over.
            NotExtendableError: its term cannot be longer, any more or at all.
        """
        if await self._store.earlier(meta) is not None:
            return
        command = c.ExtendTerm(reason, self._clock.now())
        state = await self.case(case_id)
        (planned,) = decide(command, state)
        due = evolve(state, planned).due_at
        language = await self._language(state.subject_id, has_account=state.has_account)
        notice = self._words.extended(state.kind, language, reason=reason, due=due)
        await self._tell(state, staff_id, notice, None, meta.for_step("notice"))
        await self._do(case_id, state.subject_id, command, meta)

    async def confirm_again(self, case_id: str, staff_id: SubjectId, meta: Metadata) -> None:
        """Send the link once more by which the person shows that they ask.

        Earlier links stay good: they went to the same address and show the same.

        Raises:
            UnknownRightsCaseError: there is no such case.
            RightsCaseClosedError: it is over.
            ConfirmationNotAwaitedError: the person has shown it already.
            ConfirmationSentLatelyError: the link was sent a moment ago, or too often.
        """
        if await self._store.earlier(meta) is not None:
            return
        command = c.SendConfirmationAgain(self._clock.now())
        state = await self.case(case_id)
        decide(command, state)
        language = await self._language(state.subject_id, has_account=state.has_account)
        text = self._words.asked_again(
            state.kind, language, due=state.due_at, link=self._link(state)
        )
        await self._tell(state, staff_id, text, None, meta.for_step("link"))
        await self._do(case_id, state.subject_id, command, meta)

    async def answer(
        self, case_id: str, answer: Answer, staff_id: SubjectId, meta: Metadata
    ) -> None:
        """Answer the person and end the case; a refusal names the ways out.

        Raises:
            UnknownRightsCaseError: there is no such case.
            RightsCaseClosedError: it is over.
            IdentityUnconfirmedError: nobody has shown yet that it is the person who asks.
        """
        if await self._store.earlier(meta) is not None:
            return
        command = c.CloseRightsCase(answer.outcome, self._clock.now())
        state = await self.case(case_id)
        if not decide(command, state):
            return
        text = answer.message
        if answer.outcome in WITH_REMEDIES or state.kind == "complaint":
            language = await self._language(state.subject_id, has_account=state.has_account)
            text = self._words.with_remedies(text, language)
        await self._tell(state, staff_id, text, answer.author, meta.for_step("answer"))
        await self._do(case_id, state.subject_id, command, meta)

    async def acknowledge(self, case_id: str, meta: Metadata) -> None:
        """Tell the person of the receipt, and ask for the confirmation that is missing.

        Raises:
            AlreadyResolvedError: the exchange has been resolved without an acknowledgement.
        """
        state = await self.case(case_id)
        if state.closed or state.acknowledged:
            return
        language = await self._language(state.subject_id, has_account=state.has_account)
        link = self._link(state) if state.identity is None else None
        text = self._words.acknowledged(
            state.kind,
            language,
            due=state.due_at,
            page=f"{self._public_url}/my-requests" if state.has_account else None,
            link=link,
        )
        await self._tell(state, SYSTEM, text, None, meta.for_step("words"))
        await self._do(case_id, state.subject_id, c.AcknowledgeRightsCase(), meta)

    async def tell_of_file(
        self, case_id: str, until: datetime, link: str | None, meta: Metadata
    ) -> None:
        """Tell the person where the complete file of a case is; answers what asked for it alone.

        Args:
            case_id: the case; one that is over tells nobody anything.
            until: until when the file can be fetched.
            link: by which who has no account fetches it; a learner does so signed in.
            meta: of the fact that it is complete.
        """
        state = await self.case(case_id)
        if not state.case_id or state.closed:
            return
        language = await self.language_of(state)
        where = link or f"{self._public_url}/my-requests"
        text = self._words.file_told(language, where=where, until=until, alone=state.file_alone)
        await self._tell(state, SYSTEM, text, None, meta.for_step("words"))
        if state.file_alone:
            command = c.CloseRightsCase("granted", self._clock.now())
            await self._do(case_id, state.subject_id, command, meta)

    async def language_of(self, state: RightsCase) -> Language:
        """Return the language of whoever the case is of."""
        return await self._language(state.subject_id, has_account=state.has_account)

    async def deliver(self, learner_id: SubjectId, kind: RightsKind, meta: Metadata) -> int:
        """End every open case of `kind` that somebody has shown to be theirs: it is delivered.

        Return how many there were. Repeating it ends nothing twice.
        """
        opened = {
            record.event.case_id
            for record in await self._store.load_subject(learner_id)
            if isinstance(record.event, RightsCaseOpened) and record.event.kind == kind
        }
        ended = 0
        for case_id in sorted(opened):
            state = await self.case(case_id)
            if not state.closed and state.identity is not None:
                await self.close(case_id, "granted", meta.for_step(f"case {case_id}"))
                ended += 1
        return ended

    async def close(self, case_id: str, outcome: RightsOutcome, meta: Metadata) -> None:
        """End a case for which nobody has to be told anything; one that is over stays so."""
        state = await self.case(case_id)
        if state.case_id and not state.closed:
            command = c.CloseRightsCase(outcome, self._clock.now())
            await self._do(case_id, state.subject_id, command, meta)

    async def hand_on(self, prospect_id: SubjectId, learner_id: SubjectId, meta: Metadata) -> None:
        """Have the account of who was a prospect go on with what is still open, with its terms.

        The address has just been proven to be theirs, which is what the link would show. Repeating
        it changes nothing.
        """
        streams: dict[str, list[RecordedEvent]] = {}
        for record in await self._store.load_subject(prospect_id):
            if record.stream.startswith(STREAM):
                streams.setdefault(record.stream, []).append(record)
        for records in streams.values():
            events = (cast("RightsCaseEvent", one.event) for one in records)
            state = reduce(evolve, events, NO_CASE)
            if state.closed and state.outcome != "handed_on":
                continue
            case_id = handed_on(state.case_id)
            command = c.OpenRightsCase(
                learner_id,
                case_id,
                state.kind,
                state.channel,
                state.received_at,
                identity="link",
                due_at=state.due_at,
                extended=state.extended,
            )
            await self._do(case_id, learner_id, command, meta.for_step(f"case {case_id}"))
            step = meta.for_step(f"case {state.case_id}")
            await self.close(state.case_id, "handed_on", step)

    async def follow(self, cases: ReadModel) -> Mapping[str, int]:
        """Remind of every case of `cases` whose time has come; return how many there were."""
        now = self._clock.now()
        found = [one["_id"] async for one in cases.each({"look_at": {"$lte": now}})]
        reminded = 0
        for case_id in found:
            state = await self.case(case_id)
            meta = Metadata.system(FOLLOWED)
            command = c.FollowRightsCase(now)
            commit = await self._handler.handle(
                STREAM + case_id, command, subject=state.subject_id, meta=meta
            )
            reminded += bool(commit.event_ids)
        return {"cases": len(found), "reminded": reminded}

    def _link(self, state: RightsCase) -> str:
        token = self._links.token_of(state.subject_id, state.case_id)
        return f"{self._public_url}/confirm-request?token={token}"

    async def _own(
        self, case_id: str, learner_id: SubjectId, command: c.RightsCaseCommand, meta: Metadata
    ) -> None:
        if (await self.case(case_id)).subject_id != learner_id:
            raise UnknownRightsCaseError
        await self._do(case_id, learner_id, command, meta)

    async def _do(
        self, case_id: str, subject: SubjectId, command: c.RightsCaseCommand, meta: Metadata
    ) -> None:
        await self._handler.handle(STREAM + case_id, command, subject=subject, meta=meta)

    async def _tell(
        self,
        state: RightsCase,
        staff_id: SubjectId,
        message: str,
        author: Personal[str] | None,
        meta: Metadata,
    ) -> None:
        reply = self._support.reply(state.case_id, staff_id, message, author, None)
        await self._support.handle(state.case_id, reply, meta)

    async def _language(self, subject: SubjectId, *, has_account: bool) -> Language:
        if has_account:
            language = (await self._accounts.learner(subject)).language
        else:
            language = await self._prospects.language(subject)
        return "en" if language == "en" else "fr"


def _received(opened_at: datetime, received_on: date | None) -> datetime:
    """Return the instant of receipt: the end of the day named, or when the exchange began."""
    if received_on is None:
        return opened_at
    local = opened_at.astimezone(PARIS)
    if not local.date() - LATEST_NOTED <= received_on <= local.date():
        raise ReceiptDateError
    return local.replace(
        year=received_on.year, month=received_on.month, day=received_on.day
    ).astimezone(opened_at.tzinfo)
