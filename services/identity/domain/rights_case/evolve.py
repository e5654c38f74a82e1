"""Folding a rights case's history."""

from dataclasses import replace
from typing import assert_never

from services.identity.domain.rights_case.events import (
    ConfirmationSentAgain,
    IdentityConfirmed,
    RightsCaseAcknowledged,
    RightsCaseAssigned,
    RightsCaseClosed,
    RightsCaseEvent,
    RightsCaseExtended,
    RightsCaseForgotten,
    RightsCaseOpened,
    RightsCaseRecipientsNamed,
    RightsCaseRecipientTold,
    RightsCaseReminded,
    RightsCaseUndone,
)
from services.identity.domain.rights_case.state import RightsCase


def evolve(state: RightsCase, event: RightsCaseEvent) -> RightsCase:
    """Return `state` after `event`; never raises on recorded history."""
    match event:
        case RightsCaseOpened():
            return RightsCase(
                event.subject_id,
                event.case_id,
                kind=event.kind,
                channel=event.channel,
                has_account=event.has_account,
                received_at=event.received_at,
                due_at=event.due_at,
                extended=event.extended,
                act=event.act,
                file_alone=event.file_alone,
            )
        case IdentityConfirmed(how=how):
            return replace(state, identity=how)
        case RightsCaseAcknowledged():
            return replace(state, acknowledged=True)
        case RightsCaseAssigned(assignee=assignee):
            return replace(state, assignee=assignee)
        case RightsCaseExtended(reason=reason, due_at=due):
            return replace(state, extended=reason, due_at=due, reminded=None)
        case RightsCaseReminded(stage=stage):
            return replace(state, reminded=stage)
        case RightsCaseClosed(outcome=outcome):
            return replace(state, outcome=outcome)
        case ConfirmationSentAgain(sent_at=at):
            return replace(state, resent=(*state.resent, at))
        case RightsCaseRecipientsNamed(recipients=recipients):
            return replace(state, recipients=recipients)
        case RightsCaseRecipientTold(recipient=recipient):
            return replace(state, told=state.told | {recipient})
        case RightsCaseUndone():
            return replace(state, undone=True)
        case RightsCaseForgotten():
            return replace(state, forgotten=True)
        case _:
            assert_never(event)
