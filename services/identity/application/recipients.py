"""Telling those who received data of its correction, restriction or erasure (GDPR art. 19)."""

from typing import Final

from services.identity.application.rights_acts import RightsActs
from services.identity.domain.rights_case.commands import NameRecipients, TellRecipient
from services.identity.domain.rights_case.recipients import CONCERNED, recipients_of
from services.identity.projections.attendances import attending
from shared.clock import Clock
from shared.consuming.envelope import Envelope
from shared.consuming.reactions import Reaction
from shared.consuming.read_model import ReadModel
from shared.event_store import Metadata
from shared.events.base import SubjectId
from shared.events.identity import RightsCaseClosed
from shared.processors.model import ProcessorTerms

RECIPIENTS: Final = "rights-recipients"
MET: Final = frozenset({"granted", "partly_granted"})
MANY: Final = 1000
"""More processors, or enrolments of one person, than there are."""


class Recipients:
    """Finds who received what a case changed, and keeps who has been told."""

    def __init__(
        self,
        acts: RightsActs,
        register: ReadModel,
        sessions: ReadModel,
        attendances: ReadModel,
        clock: Clock,
    ) -> None:
        self._acts = acts
        self._register = register
        self._sessions = sessions
        self._attendances = attendances
        self._clock = clock

    def reaction(self) -> Reaction:
        """Return the reaction that names the recipients of what was granted."""
        return Reaction(RECIPIENTS, ("identity.events",), {RightsCaseClosed: self._name})

    async def told(self, case_id: str, recipient: str, staff_id: str, meta: Metadata) -> None:
        """Record that staff have told a recipient.

        Raises:
            UnknownRightsCaseError: there is no such case.
            UnknownRecipientError: nobody of that name is to be told.
        """
        await self._acts.handle(case_id, TellRecipient(recipient, staff_id), meta)

    async def _name(self, envelope: Envelope) -> None:
        match envelope.data:
            case RightsCaseClosed(case_id=case_id, outcome=outcome) if outcome in MET:
                state = await self._acts.case(case_id)
                if state.kind not in CONCERNED:
                    return
                found = await self._register.find({"ended": False}, limit=MANY)
                processors = [
                    (one["_id"], ProcessorTerms.model_validate(one["terms"])) for one in found
                ]
                spoken = await self._spoken(state.subject_id)
                named = recipients_of(state.act, processors, spoken=spoken)
                meta = Metadata.caused_by(envelope, RECIPIENTS)
                await self._acts.handle(case_id, NameRecipients(named), meta)
            case _:
                return

    async def _spoken(self, learner_id: SubjectId) -> bool:
        """Whether an external speaker's session with the person has begun."""
        taken = await self._attendances.find({"learner_id": learner_id}, limit=MANY)
        modules = {one["module_id"]: one["cohort"] for one in taken}
        held = await self._sessions.find(
            {
                "module_id": {"$in": sorted(modules)},
                "speaker_id": {"$ne": None},
                "cancelled": False,
                "starts_at": {"$lte": self._clock.now()},
            },
            limit=MANY,
        )
        return any(
            attending(session).get("cohort") in (None, modules[session["module_id"]])
            for session in held
        )
