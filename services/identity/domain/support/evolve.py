"""Folding a support request's history."""

from dataclasses import replace
from typing import assert_never

from services.identity.domain.support.events import (
    FileAttached,
    MessageReceived,
    ReplyGiven,
    RequestAssigned,
    RequestMoved,
    RequestOpened,
    RequestReopened,
    RequestResolved,
    SupportEvent,
)
from services.identity.domain.support.state import SupportRequest


def evolve(state: SupportRequest, event: SupportEvent) -> SupportRequest:
    """Return `state` after `event`; never raises on recorded history."""
    match event:
        case RequestOpened():
            return SupportRequest(
                event.subject_id,
                event.request_id,
                queue=event.queue,
                has_account=event.has_account,
                title=event.title,
                last_mail=event.mail,
                unanswered=True,
            )
        case MessageReceived():
            return replace(state, unanswered=True, last_mail=event.mail or state.last_mail)
        case ReplyGiven():
            return replace(state, unanswered=False)
        case FileAttached():
            return state
        case RequestAssigned(assignee=assignee):
            return replace(state, assignee=assignee)
        case RequestMoved(queue=queue):
            return replace(state, queue=queue, assignee=None)
        case RequestResolved():
            return replace(state, resolved=True, unanswered=False)
        case RequestReopened():
            return replace(state, resolved=False)
        case _:
            assert_never(event)
