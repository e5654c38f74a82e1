"""The rules of consent (C9.2) and objection (C8.3)."""

from collections.abc import Sequence
from typing import assert_never

from services.consent.domain.commands import (
    CloseConsents,
    ConsentCommand,
    GiveConsent,
    LiftObjection,
    RaiseObjection,
    WithdrawConsent,
)
from services.consent.domain.errors import AccountErasedError
from services.consent.domain.events import (
    ConsentEvent,
    ConsentGranted,
    ConsentsClosed,
    ConsentWithdrawn,
    ObjectionLifted,
    ObjectionRaised,
)
from services.consent.domain.state import ConsentState


def decide(command: ConsentCommand, state: ConsentState) -> Sequence[ConsentEvent]:
    """Return what `command` leads to; nothing where it is so already.

    Saying no is always possible, also after the erasure; saying yes needs an account.

    Raises:
        AccountErasedError: a consent or objection was to be changed after the erasure.
    """
    match command:
        case GiveConsent():
            return _give(command, state)
        case WithdrawConsent():
            if not state.granted(command.purpose):
                return []
            return [
                ConsentWithdrawn(
                    learner_id=command.learner_id,
                    purpose=command.purpose,
                    shown=command.shown,
                    channel=command.channel,
                    decided_at=command.at,
                )
            ]
        case RaiseObjection():
            if state.closed or state.objects_to(command.purpose):
                return []
            return [
                ObjectionRaised(
                    learner_id=command.learner_id,
                    purpose=command.purpose,
                    shown=command.shown,
                    channel=command.channel,
                    decided_at=command.at,
                )
            ]
        case LiftObjection():
            return _lift(command, state)
        case CloseConsents(learner_id, at):
            return [] if state.closed else [ConsentsClosed(learner_id=learner_id, closed_at=at)]
        case _:
            assert_never(command)


def _give(command: GiveConsent, state: ConsentState) -> Sequence[ConsentEvent]:
    if state.closed:
        raise AccountErasedError
    known = state.consents.get(command.purpose)
    # Agreeing to a new wording is a new fact; agreeing again to the same one is none.
    if known and known.holds and known.shown.text_version == command.shown.text_version:
        return []
    return [
        ConsentGranted(
            learner_id=command.learner_id,
            purpose=command.purpose,
            shown=command.shown,
            channel=command.channel,
            decided_at=command.at,
        )
    ]


def _lift(command: LiftObjection, state: ConsentState) -> Sequence[ConsentEvent]:
    if state.closed:
        raise AccountErasedError
    if not state.objects_to(command.purpose):
        return []
    return [
        ObjectionLifted(
            learner_id=command.learner_id,
            purpose=command.purpose,
            shown=command.shown,
            channel=command.channel,
            decided_at=command.at,
        )
    ]
