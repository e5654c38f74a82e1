"""The rules of a support request (C2.7)."""

from collections.abc import Sequence
from typing import assert_never

from services.identity.domain.errors import AlreadyResolvedError, UnknownRequestError
from services.identity.domain.support.commands import (
    OpenRequest,
    ReopenRequest,
    ReplyToRequest,
    ResolveRequest,
    SupportCommand,
)
from services.identity.domain.support.events import (
    ReplyGiven,
    RequestOpened,
    RequestReopened,
    RequestResolved,
    SupportEvent,
)
from services.identity.domain.support.state import SupportRequest


def decide(command: SupportCommand, state: SupportRequest) -> Sequence[SupportEvent]:
    """Return what `command` leads to; nothing where it is so already.

    Raises:
        UnknownRequestError: there is no such request.
        AlreadyResolvedError: a resolved request is answered without reopening it.
    """
    if isinstance(command, OpenRequest):
        if state.request_id:
            return []
        return [
            RequestOpened(
                learner_id=command.learner_id,
                request_id=command.request_id,
                message=command.message,
            )
        ]
    if not state.request_id:
        raise UnknownRequestError
    learner_id, request_id = state.learner_id, state.request_id
    match command:
        case ReplyToRequest(staff_id, message, author):
            if state.resolved:
                raise AlreadyResolvedError
            return [
                ReplyGiven(
                    learner_id=learner_id,
                    request_id=request_id,
                    staff_id=staff_id,
                    message=message,
                    author=author,
                )
            ]
        case ResolveRequest():
            if state.resolved:
                return []
            return [RequestResolved(learner_id=learner_id, request_id=request_id)]
        case ReopenRequest():
            if not state.resolved:
                return []
            return [RequestReopened(learner_id=learner_id, request_id=request_id)]
        case _:
            assert_never(command)
