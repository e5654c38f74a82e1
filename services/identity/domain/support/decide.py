"""The rules of a support request (C2.7, C13.4)."""

from collections.abc import Sequence
from typing import assert_never

from services.identity.domain.errors import AlreadyResolvedError, UnknownRequestError
from services.identity.domain.support.commands import (
    AssignRequest,
    AttachedFile,
    MoveRequest,
    OpenRequest,
    ReceiveMessage,
    ReopenRequest,
    ReplyToRequest,
    ResolveRequest,
    SupportCommand,
    TakeOverRequest,
)
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
from services.identity.domain.support.queues import due_at, queue_of
from services.identity.domain.support.state import SupportRequest
from shared.events.base import SubjectId
from shared.events.support import SupportQueue
from shared.personal import Personal


def decide(  # noqa: C901 - one case a command
    command: SupportCommand, state: SupportRequest
) -> Sequence[SupportEvent]:
    """Return what `command` leads to; nothing where it is so already.

    Raises:
        UnknownRequestError: there is no such request.
        AlreadyResolvedError: a resolved request is answered without reopening it.
    """
    if isinstance(command, OpenRequest):
        files = _attached(command.files, command.subject_id, command.request_id)
        return [] if state.request_id else [_opened(command), *files]
    if isinstance(command, TakeOverRequest):
        return [] if state.request_id else _taken_over(command)
    if not state.request_id:
        raise UnknownRequestError
    subject_id, request_id = state.subject_id, state.request_id
    match command:
        case ReceiveMessage():
            return _received(command, state)
        case ReplyToRequest():
            return [_reply(command, state)]
        case AssignRequest(assignee):
            if state.assignee == assignee:
                return []
            return [
                RequestAssigned(subject_id=subject_id, request_id=request_id, assignee=assignee)
            ]
        case MoveRequest():
            return [] if state.queue == command.queue else [_moved(command, state)]
        case ResolveRequest():
            if state.resolved:
                return []
            return [RequestResolved(subject_id=subject_id, request_id=request_id)]
        case ReopenRequest():
            if not state.resolved:
                return []
            return [RequestReopened(subject_id=subject_id, request_id=request_id)]
        case _:
            assert_never(command)


def _opened(command: OpenRequest) -> RequestOpened:
    queue = command.queue or _queue(command.title)
    return RequestOpened(
        subject_id=command.subject_id,
        request_id=command.request_id,
        message=command.message,
        title=command.title,
        channel=command.channel,
        queue=queue,
        has_account=command.has_account,
        mail=command.mail,
        due_at=due_at(queue, command.at),
    )


def _taken_over(command: TakeOverRequest) -> Sequence[SupportEvent]:
    """Return the history under the account; what was said keeps its date."""
    same = {"subject_id": command.subject_id, "request_id": command.request_id}
    taken: list[SupportEvent] = []
    for said in command.said:
        change: dict[str, object] = dict(same)
        if isinstance(said.event, RequestOpened | MessageReceived | ReplyGiven):
            change["said_at"] = said.event.said_at or said.at
        if isinstance(said.event, RequestOpened):
            change["has_account"] = True
        if isinstance(said.event, FileAttached):
            change["file_id"] = command.files[said.event.file_id]
        taken.append(said.event.model_copy(update=change))
    return taken


def _received(command: ReceiveMessage, state: SupportRequest) -> Sequence[SupportEvent]:
    """Return the message; before it, what it does to a request that was over or elsewhere."""
    before: list[SupportEvent] = []
    if state.resolved:
        before.append(RequestReopened(subject_id=state.subject_id, request_id=state.request_id))
    queue = state.queue
    if queue != "privacy" and _queue(command.title) == "privacy":
        queue = "privacy"
        before.append(_moved(MoveRequest(queue, command.at), state))
    return [
        *before,
        MessageReceived(
            subject_id=state.subject_id,
            request_id=state.request_id,
            message=command.message,
            channel=command.channel,
            mail=command.mail,
            due_at=due_at(queue, command.at),
        ),
        *_attached(command.files, state.subject_id, state.request_id),
    ]


def _attached(
    files: Sequence[AttachedFile], subject_id: SubjectId, request_id: str
) -> Sequence[FileAttached]:
    return [
        FileAttached(
            subject_id=subject_id,
            request_id=request_id,
            file_id=one.file_id,
            name=one.name,
            media_type=one.media_type,
            bytes_count=one.bytes_count,
        )
        for one in files
    ]


def _reply(command: ReplyToRequest, state: SupportRequest) -> ReplyGiven:
    if state.resolved:
        raise AlreadyResolvedError
    return ReplyGiven(
        subject_id=state.subject_id,
        request_id=state.request_id,
        staff_id=command.staff_id,
        message=command.message,
        author=command.author,
        channel=command.channel or ("portal" if state.has_account else "email"),
        title=state.title,
        answers=state.last_mail,
        thread=command.thread,
    )


def _moved(command: MoveRequest, state: SupportRequest) -> RequestMoved:
    due = due_at(command.queue, command.at) if state.unanswered else None
    return RequestMoved(
        subject_id=state.subject_id,
        request_id=state.request_id,
        queue=command.queue,
        due_at=due,
    )


def _queue(title: Personal[str] | None) -> SupportQueue:
    return "support" if title is None else queue_of(title.text(""))
