"""The rules of consent (C9.2), of objection and of restriction (C8.3)."""

from collections.abc import Sequence
from typing import Any, assert_never

from services.consent.domain.commands import (
    AnswerPolicy,
    CloseConsents,
    ConsentCommand,
    Decide,
    GiveConsent,
    LiftObjection,
    LiftRestriction,
    PlaceRestriction,
    RaiseObjection,
    TakeComplaint,
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
    PolicyAnswered,
    RestrictionLifted,
    RestrictionPlaced,
)
from services.consent.domain.state import ConsentState


def decide(command: ConsentCommand, state: ConsentState) -> Sequence[ConsentEvent]:  # noqa: C901 - one case a command
    """Return what `command` leads to; nothing where it is so already.

    Saying no is always possible, also after the erasure; saying yes needs an account.

    Raises:
        AccountErasedError: a use was to be allowed after the erasure.
    """
    match command:
        case GiveConsent():
            return _give(command, state)
        case WithdrawConsent(purpose=purpose):
            if not state.granted(purpose):
                return []
            return [ConsentWithdrawn(purpose=purpose, **_proof(command))]
        case TakeComplaint():
            return _complained(command, state)
        case RaiseObjection(purpose=purpose, explained=explained):
            if state.closed or state.objects_to(purpose):
                return []
            return [ObjectionRaised(purpose=purpose, explained=explained, **_proof(command))]
        case LiftObjection(purpose=purpose):
            _require_account(state)
            if not state.objects_to(purpose):
                return []
            return [ObjectionLifted(purpose=purpose, **_proof(command))]
        case PlaceRestriction(category=category, explained=explained):
            if state.closed or state.restricts(category):
                return []
            return [RestrictionPlaced(category=category, explained=explained, **_proof(command))]
        case LiftRestriction(category=category):
            _require_account(state)
            if not state.restricts(category):
                return []
            return [RestrictionLifted(category=category, **_proof(command))]
        case AnswerPolicy():
            return _answer(command, state)
        case CloseConsents(learner_id, at):
            return [] if state.closed else [ConsentsClosed(learner_id=learner_id, closed_at=at)]
        case _:
            assert_never(command)


def _give(command: GiveConsent, state: ConsentState) -> Sequence[ConsentEvent]:
    _require_account(state)
    known = state.consents.get(command.purpose)
    # Agreeing to a new wording is a new fact; agreeing again to the same one is none.
    if known and known.holds and known.shown.text_version == command.shown.text_version:
        return []
    return [ConsentGranted(purpose=command.purpose, **_proof(command))]


def _complained(command: TakeComplaint, state: ConsentState) -> Sequence[ConsentEvent]:
    """Return the withdrawal, unless the person agreed anew after the complaint."""
    given = state.consents.get(command.purpose)
    if given is None or not state.granted(command.purpose) or given.since > command.at:
        return []
    return [
        ConsentWithdrawn(
            learner_id=command.learner_id,
            purpose=command.purpose,
            # Nothing was shown: the proof names the words that no longer hold.
            shown=given.shown,
            channel="complaint",
            decided_at=command.at,
            place="mail_program",
            gesture="reported",
        )
    ]


def _answer(command: AnswerPolicy, state: ConsentState) -> Sequence[ConsentEvent]:
    _require_account(state)
    known = state.policy_answers.get(command.version)
    if known is not None and known.answer == command.answer:
        return []
    return [
        PolicyAnswered(
            learner_id=command.learner_id,
            version=command.version,
            decision=command.answer,
            shown=command.shown,
            answered_at=command.at,
        )
    ]


def _require_account(state: ConsentState) -> None:
    if state.closed:
        raise AccountErasedError


def _proof(command: Decide) -> dict[str, Any]:
    """Return who decided, what they were shown, when, where and how."""
    return {
        "learner_id": command.learner_id,
        "shown": command.shown,
        "channel": command.channel,
        "decided_at": command.at,
        "place": command.place,
        "gesture": command.gesture,
    }
