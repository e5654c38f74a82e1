"""Folding what concerns a minor: block, questions to guardians, coming of age."""

from dataclasses import replace
from typing import assert_never

from services.identity.domain.learner import events as e
from services.identity.domain.learner.state import Agreement, AgreementState, Learner


def evolve(state: Learner, event: e.MinorityEvent) -> Learner:
    """Return `state` after an event about minority; never raises on recorded history."""
    match event:
        case e.MinorityEstablished():
            return replace(
                state,
                minor=True,
                minority_id=event.minority_id,
                reported=state.reported or event.found == "reported",
                adult_on=event.adult_on or state.adult_on,
            )
        case e.AccountSuspended():
            return replace(
                state,
                blocked=True,
                blocked_until=event.until,
                block_cause=event.cause,
                letters=0,
                latest_letter=None,
            )
        case e.GuardianAsked():
            question = Agreement(
                agreement_id=event.agreement_id,
                state=AgreementState.ASKED,
                guardian_email=event.guardian_email,
                guardian_name=event.guardian_name,
                token=event.token,
                asked_at=event.asked_at,
                until=event.until,
            )
            return replace(
                state,
                agreement=question,
                letters=state.letters + 1,
                latest_letter=event.asked_at,
            )
        case e.GuardianAskedAgain():
            return _told_again(state, event)
        case e.GuardianAgreed():
            agreed = state.agreement and replace(state.agreement, state=AgreementState.AUTHORISED)
            return replace(state, agreement=agreed, blocked=False, blocked_until=None)
        case e.AgreementEnded():
            return _without_agreement(state, event)
        case e.MinorityEnded():
            return replace(
                state,
                minor=False,
                minority_id=None,
                reported=False,
                adult_on=None,
                agreement=None,
                blocked=False,
                blocked_until=None,
                block_cause=None,
            )
        case _:
            assert_never(event)


def _told_again(state: Learner, event: e.GuardianAskedAgain) -> Learner:
    if event.why == "reminder":
        reminded = state.agreement and replace(state.agreement, reminded=True)
        return replace(state, agreement=reminded)
    return replace(state, letters=state.letters + 1, latest_letter=event.asked_at)


def _without_agreement(state: Learner, event: e.AgreementEnded) -> Learner:
    if state.agreement is None or state.agreement.agreement_id != event.agreement_id:
        return state
    match event.how:
        case "refused" | "revoked" | "expired":
            ended = replace(state.agreement, state=AgreementState(event.how))
            return replace(state, agreement=ended)
        case "superseded" | "of_age" | "withdrawn" | "closed":
            return replace(state, agreement=None)
        case _:
            assert_never(event.how)
