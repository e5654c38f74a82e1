"""The rules of consent and objection (C8.3, C9.2): deciding twice the same is no new fact."""

from collections.abc import Sequence
from typing import assert_never

from services.consent.domain.commands import (
    ConsentCommand,
    GiveConsent,
    LiftObjection,
    RaiseObjection,
    WithdrawConsent,
)
from services.consent.domain.events import (
    ConsentDomainEvent,
    ConsentGiven,
    ConsentTakenBack,
    Objected,
    ObjectionTakenBack,
)
from services.consent.domain.state import Decisions


def decide(command: ConsentCommand, state: Decisions) -> Sequence[ConsentDomainEvent]:
    """Return what `command` leads to; nothing where it is so already. Nothing is refused."""
    match command:
        case GiveConsent():
            if command.purpose in state.granted:
                return []
            return [
                ConsentGiven(
                    learner_id=command.learner_id,
                    purpose=command.purpose,
                    text_version=command.text_version,
                    language=command.language,
                    channel=command.channel,
                )
            ]
        case WithdrawConsent(learner_id, purpose, channel):
            if purpose not in state.granted:
                return []
            return [ConsentTakenBack(learner_id=learner_id, purpose=purpose, channel=channel)]
        case RaiseObjection(learner_id, objection):
            if objection in state.objected:
                return []
            return [Objected(learner_id=learner_id, purpose=objection)]
        case LiftObjection(learner_id, objection):
            if objection not in state.objected:
                return []
            return [ObjectionTakenBack(learner_id=learner_id, purpose=objection)]
        case _:
            assert_never(command)
