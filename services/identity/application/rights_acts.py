"""Cases that open by themselves: whoever acts in the portal exercises a right (C8.2, C8.3, C8.4).

The register of requests and its figures are true then, and nobody is written to about what they
did a second ago.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from functools import reduce
from typing import Final, cast
from uuid import NAMESPACE_OID, uuid5

from services.identity.application.rights_cases import STREAM
from services.identity.domain.learner.events import ProfileTold
from services.identity.domain.rights_case import commands as c
from services.identity.domain.rights_case.decide import decide
from services.identity.domain.rights_case.events import RightsCaseEvent
from services.identity.domain.rights_case.evolve import evolve
from services.identity.domain.rights_case.state import NO_CASE, RightsCase
from shared.command_handler import CommandHandler
from shared.consuming.envelope import Envelope
from shared.consuming.reactions import Reaction
from shared.event_store import EventStore, Metadata, RecordedEvent
from shared.events import consent, identity, learning, retention
from shared.events.base import PublicEvent, SubjectId
from shared.events.disputes import DisputeOutcome
from shared.events.rights_cases import RightsAct, RightsKind, RightsOutcome

ACTS: Final = "rights-acts"
CAUSES: Final[tuple[type[PublicEvent], ...]] = (
    identity.LearnerRectified,
    identity.ProfileDescribed,
    identity.EmailChanged,
    identity.EmailChangeStopped,
    consent.ObjectionRaised,
    consent.ObjectionLifted,
    consent.RestrictionPlaced,
    consent.RestrictionLifted,
    learning.DatumDisputed,
    learning.DisputeSettled,
    retention.ErasureRequested,
    retention.ErasureCertified,
    retention.ErasureOrdered,
)
TOPICS: Final = ("identity.events", "consent.events", "learning.events", "retention.events")
OUTCOMES: Final[Mapping[DisputeOutcome, RightsOutcome]] = {
    "accepted": "granted",
    "refused": "refused",
    "withdrawn": "withdrawn",
    "erased": "erased",
}
"""How the case of a disputed value ends, as its dispute does."""


class RightsActs:
    """Keeps the cases that record what people did themselves."""

    def __init__(self, store: EventStore) -> None:
        self._handler: CommandHandler[c.RightsCaseCommand, RightsCase, RightsCaseEvent] = (
            CommandHandler(store, initial=NO_CASE, decide=decide, evolve=evolve, grows_long=False)
        )
        self._store = store

    def reaction(self) -> Reaction:
        """Return the reaction that opens, ends and forgets these cases."""
        return Reaction(ACTS, TOPICS, dict.fromkeys(CAUSES, self._follow))

    async def case(self, case_id: str) -> RightsCase:
        """Return the case as it is now; an empty one where there is none."""
        state, _ = await self._handler.state(STREAM + case_id)
        return state

    async def handle(self, case_id: str, command: c.RightsCaseCommand, meta: Metadata) -> None:
        """Carry out a command on a case.

        Raises:
            IdentityError: the domain refuses it.
        """
        state = await self.case(case_id)
        await self._do(case_id, state.subject_id, command, meta)

    async def handed_over(
        self, learner_id: SubjectId, case_id: str, at: datetime, meta: Metadata
    ) -> None:
        """Record that somebody took along what they had provided, without asking before (C8.5)."""
        await self._do(
            case_id,
            learner_id,
            c.RecordAct(learner_id, case_id, "portability", "file", at, done=True),
            meta,
        )

    async def _follow(self, envelope: Envelope) -> None:  # noqa: C901 - one case an event
        match envelope.data:
            case identity.LearnerRectified() as event:
                # A language is a wish for letters to come, no fact that was wrong.
                if event.first_name or event.last_name or event.telephone:
                    await self._record(envelope, "rectification", "account")
            case identity.ProfileDescribed():
                if await self._told_before(envelope):
                    await self._record(envelope, "rectification", "profile")
            case identity.EmailChanged():
                await self._record(envelope, "rectification", "email")
            case identity.EmailChangeStopped(email=email):
                if email is not None:
                    await self._undo(envelope, "rectification", "email")
            case consent.ObjectionRaised(purpose=purpose):
                await self._record(envelope, "objection", purpose)
            case consent.ObjectionLifted(purpose=purpose):
                await self._undo(envelope, "objection", purpose)
            case consent.RestrictionPlaced(category=category):
                await self._record(envelope, "restriction", category)
            case consent.RestrictionLifted(category=category):
                await self._undo(envelope, "restriction", category)
            case learning.DatumDisputed(dispute_id=case_id):
                command = c.RecordAct(
                    envelope.subject,
                    case_id,
                    "rectification",
                    "disputed",
                    envelope.time,
                    done=False,
                )
                meta = Metadata.caused_by(envelope, ACTS)
                await self._do(case_id, envelope.subject, command, meta)
            case learning.DisputeSettled(dispute_id=case_id, outcome=outcome):
                end = c.SettleAct(OUTCOMES[outcome], envelope.time)
                meta = Metadata.caused_by(envelope, ACTS)
                await self._do(case_id, envelope.subject, end, meta)
            case retention.ErasureRequested(case_id=cause):
                await self._record(envelope, "erasure", "everything", cause, done=False)
            case retention.ErasureCertified(case_id=cause):
                await self._erased(envelope, cause)
            case retention.ErasureOrdered(closes_account=True):
                await self._ended(envelope)
            case _:
                return

    async def _record(
        self,
        envelope: Envelope,
        kind: RightsKind,
        act: RightsAct,
        cause: str | None = None,
        *,
        done: bool = True,
    ) -> None:
        """Open a case named after its cause, once however often that arrives."""
        case_id = case_of(cause or envelope.id)
        command = c.RecordAct(envelope.subject, case_id, kind, act, envelope.time, done)
        await self._do(case_id, envelope.subject, command, Metadata.caused_by(envelope, ACTS))

    async def _undo(self, envelope: Envelope, kind: RightsKind, act: RightsAct) -> None:
        """Note with the latest case of the act that it was taken back."""
        found = [one async for one in self._of(envelope.subject) if _is(one, kind, act)]
        if found:
            await self._do(
                found[-1].case_id,
                envelope.subject,
                c.UndoAct(),
                Metadata.caused_by(envelope, ACTS),
            )

    async def _erased(self, envelope: Envelope, cause: str) -> None:
        """End the request for erasure that was met, and let go of whose it was."""
        case_id = case_of(cause)
        async for one in self._of(envelope.subject):
            if one.case_id == case_id:
                meta = Metadata.caused_by(envelope, ACTS)
                await self._settle(one, "granted", envelope, meta)
                await self._do(
                    case_id, envelope.subject, c.ForgetCase(), meta.for_step("forgotten")
                )

    async def _ended(self, envelope: Envelope) -> None:
        """Let go of whose cases they were, but for the erasure that is under way."""
        meta = Metadata.caused_by(envelope, ACTS)
        async for one in self._of(envelope.subject):
            if one.kind == "erasure" and not one.closed:
                continue
            await self._settle(one, "erased", envelope, meta.for_step(f"end {one.case_id}"))
            step = meta.for_step(f"forget {one.case_id}")
            await self._do(one.case_id, envelope.subject, c.ForgetCase(), step)

    async def _settle(
        self, state: RightsCase, outcome: RightsOutcome, envelope: Envelope, meta: Metadata
    ) -> None:
        await self._do(state.case_id, state.subject_id, c.SettleAct(outcome, envelope.time), meta)

    async def _of(self, subject: SubjectId) -> AsyncIterator[RightsCase]:
        """Yield the person's cases that have no exchange, the earliest first."""
        streams: dict[str, list[RecordedEvent]] = {}
        for record in await self._store.load_subject(subject):
            if record.stream.startswith(STREAM):
                streams.setdefault(record.stream, []).append(record)
        for records in streams.values():
            events = (cast("RightsCaseEvent", one.event) for one in records)
            state = reduce(evolve, events, NO_CASE)
            if state.act is not None:
                yield state

    async def _told_before(self, envelope: Envelope) -> bool:
        """Whether the profile had been told before: what is said first corrects nothing."""
        before = (
            one
            for one in await self._store.load(envelope.stream)
            if one.version < envelope.sequence
        )
        return any(isinstance(one.event, ProfileTold) for one in before)

    async def _do(
        self, case_id: str, subject: SubjectId, command: c.RightsCaseCommand, meta: Metadata
    ) -> None:
        await self._handler.handle(STREAM + case_id, command, subject=subject, meta=meta)


def case_of(cause: str) -> str:
    """Return what the case of a fact is called."""
    return str(uuid5(NAMESPACE_OID, f"rights-case:{cause}"))


def _is(state: RightsCase, kind: RightsKind, act: RightsAct) -> bool:
    return (state.kind, state.act) == (kind, act)
