"""The use cases of consent: build the command, carry it out on the person's stream."""

from dataclasses import dataclass
from typing import Final

from services.consent.application.ports import Links
from services.consent.domain.commands import (
    AnswerPolicy,
    CloseConsents,
    ConsentCommand,
    GiveConsent,
    LiftObjection,
    LiftRestriction,
    PlaceRestriction,
    RaiseObjection,
    TakeComplaint,
    WithdrawConsent,
)
from services.consent.domain.decide import decide
from services.consent.domain.events import ConsentEvent, Gesture, Place, Shown
from services.consent.domain.evolve import evolve
from services.consent.domain.policy.events import PolicyPublished
from services.consent.domain.purposes import Language, Purposes, shown
from services.consent.domain.state import ConsentState
from shared.clock import Clock
from shared.command_handler import CommandHandler
from shared.consuming.envelope import Envelope
from shared.erasure import ErasureOrder
from shared.event_store import Commit, EventStore, Metadata, RecordedEvent
from shared.events.base import SubjectId
from shared.events.consent import PolicyAnswer
from shared.events.notify import MessageComplained
from shared.http.auth import Principal, Role
from shared.personal import Personal
from shared.requests import RequestIdentity

COMPLAINTS: Final = "complaints"
"""The reaction to messages that were called unwanted."""


def stream_of(learner_id: str) -> str:
    """Return the stream of one person's decisions."""
    return f"consents-{learner_id}"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a person was shown when they decided, where, and how they said so."""

    language: Language
    place: Place = "api"
    gesture: Gesture = "button"
    text_version: str | None = None
    """Version that was shown; else the one in force."""
    explained: str | None = None
    """The consequences with the person's own examples, where they were explained."""


class Consents:
    """Everything that can be done with one person's consents, objections and restrictions."""

    def __init__(self, store: EventStore, clock: Clock, purposes: Purposes, links: Links) -> None:
        self.purposes = purposes
        self._store = store
        self._clock = clock
        self._links = links
        self._handler: CommandHandler[ConsentCommand, ConsentState, ConsentEvent] = CommandHandler(
            store, initial=ConsentState(), decide=decide, evolve=evolve
        )

    async def of(self, learner_id: SubjectId) -> ConsentState:
        """Return what `learner_id` has decided so far."""
        state, _ = await self._handler.state(stream_of(learner_id))
        return state

    async def history(self, learner_id: SubjectId) -> list[RecordedEvent]:
        """Return every decision of `learner_id` as it was recorded, oldest first."""
        return await self._store.load(stream_of(learner_id))

    async def right_after(self, commit: Commit) -> ConsentState:
        """Return what the person had decided as of `commit`."""
        return (await self._handler.earlier(commit)).state

    async def give(
        self, learner_id: SubjectId, purpose: str, seen: Circumstances, meta: Metadata
    ) -> ConsentState:
        """Grant one consent; return what the person has decided then.

        Raises:
            UnknownPurposeError: no such purpose rests on consent.
            TextChangedError: the person was shown another text than the one in force.
            AccountErasedError: the person has been erased.
        """
        asked = self.purposes.consent(purpose)
        command = GiveConsent(
            learner_id=learner_id,
            purpose=asked.purpose,
            shown=shown(asked, seen.language, seen.text_version),
            channel="portal",
            at=self._clock.now(),
            place=seen.place,
            gesture=seen.gesture,
        )
        return await self._carry_out(command, meta)

    async def withdraw(
        self, learner_id: SubjectId, purpose: str, seen: Circumstances, meta: Metadata
    ) -> ConsentState:
        """Withdraw one consent in the portal, as easily as it was granted (GDPR art. 7(3)).

        Returns what the person has decided then.

        Raises:
            UnknownPurposeError: no such purpose rests on consent.
        """
        asked = self.purposes.consent(purpose)
        command = WithdrawConsent(
            learner_id=learner_id,
            purpose=asked.purpose,
            shown=shown(asked, seen.language),
            channel="portal",
            at=self._clock.now(),
            place=seen.place,
            gesture=seen.gesture,
        )
        return await self._carry_out(command, meta)

    async def unsubscribe(self, token: str, seen: Circumstances, request: RequestIdentity) -> str:
        """Withdraw the consent an unsubscribe link names; return its purpose.

        The outcome is the same for people unknown here or erased: the link tells nothing.

        Raises:
            InvalidLinkError: we did not sign the token.
            UnknownPurposeError: the purpose it names no longer rests on consent.
        """
        asked_by = self._links.read(token)
        asked = self.purposes.consent(asked_by.purpose)
        command = WithdrawConsent(
            learner_id=asked_by.learner_id,
            purpose=asked.purpose,
            shown=shown(asked, seen.language),
            channel="unsubscribe_link",
            at=self._clock.now(),
            place=seen.place,
            gesture=seen.gesture,
        )
        meta = Metadata.by(Principal(asked_by.learner_id, Role.LEARNER), request)
        await self._carry_out(command, meta)
        return asked.purpose

    async def complained(self, envelope: Envelope) -> None:
        """Withdraw the consent that a message rested on which the person called unwanted.

        A complaint about a message that rested on no consent withdraws none (C9.2, RFC 5965).
        """
        event = envelope.data
        if not isinstance(event, MessageComplained) or event.purpose is None:
            return
        command = TakeComplaint(event.subject_id, event.purpose, at=envelope.time)
        await self._carry_out(command, Metadata.caused_by(envelope, COMPLAINTS))

    async def object_to(
        self, learner_id: SubjectId, purpose: str, seen: Circumstances, meta: Metadata
    ) -> ConsentState:
        """Raise an objection (C8.3); return what the person has decided then.

        Raises:
            UnknownPurposeError: nothing of that name may be objected to.
            TextChangedError: the person was shown another text than the one in force.
        """
        choice = self.purposes.objection(purpose)
        command = RaiseObjection(
            learner_id=learner_id,
            purpose=choice.purpose,
            shown=shown(choice, seen.language, seen.text_version, seen.explained),
            channel="portal",
            at=self._clock.now(),
            place=seen.place,
            gesture=seen.gesture,
            explained=None if seen.explained is None else Personal(seen.explained),
        )
        return await self._carry_out(command, meta)

    async def lift_objection(
        self, learner_id: SubjectId, purpose: str, seen: Circumstances, meta: Metadata
    ) -> ConsentState:
        """Lift an objection; return what the person has decided then.

        Raises:
            UnknownPurposeError: nothing of that name may be objected to.
            AccountErasedError: the person has been erased.
        """
        choice = self.purposes.objection(purpose)
        command = LiftObjection(
            learner_id=learner_id,
            purpose=choice.purpose,
            shown=shown(choice, seen.language),
            channel="portal",
            at=self._clock.now(),
            place=seen.place,
            gesture=seen.gesture,
        )
        return await self._carry_out(command, meta)

    async def restrict(
        self, learner_id: SubjectId, category: str, seen: Circumstances, meta: Metadata
    ) -> ConsentState:
        """Restrict a category (C8.3); return what the person has decided then.

        Raises:
            UnknownPurposeError: nothing of that name may be restricted.
            TextChangedError: the person was shown another text than the one in force.
        """
        choice = self.purposes.restriction(category)
        command = PlaceRestriction(
            learner_id=learner_id,
            category=choice.category,
            shown=shown(choice, seen.language, seen.text_version, seen.explained),
            channel="portal",
            at=self._clock.now(),
            place=seen.place,
            gesture=seen.gesture,
            explained=None if seen.explained is None else Personal(seen.explained),
        )
        return await self._carry_out(command, meta)

    async def lift_restriction(
        self, learner_id: SubjectId, category: str, seen: Circumstances, meta: Metadata
    ) -> ConsentState:
        """Lift a restriction; return what the person has decided then.

        Raises:
            UnknownPurposeError: nothing of that name may be restricted.
            AccountErasedError: the person has been erased.
        """
        choice = self.purposes.restriction(category)
        command = LiftRestriction(
            learner_id=learner_id,
            category=choice.category,
            shown=shown(choice, seen.language),
            channel="portal",
            at=self._clock.now(),
            place=seen.place,
            gesture=seen.gesture,
        )
        return await self._carry_out(command, meta)

    async def answer_policy(
        self,
        learner_id: SubjectId,
        answer: PolicyAnswer,
        announced: PolicyPublished,
        language: Language,
        meta: Metadata,
    ) -> ConsentState:
        """Accept or refuse a version of the policy (C12.1); return what the person decided then.

        Raises:
            AccountErasedError: the person has been erased.
        """
        digest = announced.digests.fr if language == "fr" else announced.digests.en
        command = AnswerPolicy(
            learner_id=learner_id,
            version=announced.version,
            answer=answer,
            shown=Shown(text_version=announced.version, language=language, digest=digest),
            at=self._clock.now(),
        )
        return await self._carry_out(command, meta)

    async def erase(self, ordered: ErasureOrder) -> None:
        """End every consent when nothing of the account is left (C8.4); the erasure hook."""
        if not ordered.order.closes_account:
            return
        command = CloseConsents(learner_id=ordered.order.subject_id, at=self._clock.now())
        await self._carry_out(command, Metadata.caused_by(ordered.envelope, "close-consents"))

    async def _carry_out(self, command: ConsentCommand, meta: Metadata) -> ConsentState:
        outcome = await self._handler.outcome(
            stream_of(command.learner_id), command, subject=command.learner_id, meta=meta
        )
        return outcome.state
