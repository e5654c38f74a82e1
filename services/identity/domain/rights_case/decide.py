"""The rules of a rights case (C8, C13.1; GDPR art. 12)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, assert_never

from services.identity.domain import errors
from services.identity.domain.rights_case import commands as c
from services.identity.domain.rights_case import events as e
from services.identity.domain.rights_case import terms
from services.identity.domain.rights_case.acts import ActCommand, decide_act
from services.identity.domain.rights_case.state import RightsCase
from shared.events.rights_cases import ReminderStage, RightsOutcome

STAGES: Final[tuple[ReminderStage, ...]] = tuple(stage for stage, _ in terms.REMINDED_AFTER)
ZERO: Final = timedelta(0)
WITHOUT_IDENTITY: Final[frozenset[RightsOutcome]] = frozenset(
    {"unidentified", "withdrawn", "handed_on", "erased"}
)
"""How a case may end though nobody has shown who asks: nothing is done or told then."""


def decide(  # noqa: C901 - one case a command
    command: c.RightsCaseCommand, state: RightsCase
) -> Sequence[e.RightsCaseEvent]:
    """Return what `command` leads to; nothing where it is so already.

    Raises:
        UnknownRightsCaseError: there is no such case.
        RightsCaseClosedError: it is over.
        IdentityUnconfirmedError: something would be done for somebody who has not shown who asks.
        NotExtendableError: the term cannot be longer, any more or at all.
        ActElsewhereError: it ends where the person began it, not here.
        ConfirmationNotAwaitedError: nothing is to be confirmed.
        ConfirmationSentLatelyError: the link was sent a moment ago, or too often.
    """
    if isinstance(command, c.OpenRightsCase):
        return [] if state.case_id else _opened(command)
    if isinstance(command, ActCommand):
        return decide_act(command, state)
    if not state.case_id:
        raise errors.UnknownRightsCaseError
    subject_id, case_id = state.subject_id, state.case_id
    match command:
        case c.ConfirmIdentity(how=how):
            if state.closed or state.identity is not None:
                return []
            return [e.IdentityConfirmed(subject_id=subject_id, case_id=case_id, how=how)]
        case c.AcknowledgeRightsCase():
            if state.closed or state.acknowledged:
                return []
            return [e.RightsCaseAcknowledged(subject_id=subject_id, case_id=case_id)]
        case c.AssignRightsCase(assignee=assignee):
            _require_open(state)
            if state.assignee == assignee:
                return []
            return [e.RightsCaseAssigned(subject_id=subject_id, case_id=case_id, assignee=assignee)]
        case c.ExtendTerm():
            return [_extended(command, state)]
        case c.CloseRightsCase():
            return _closed(command, state)
        case c.SendConfirmationAgain(at=at):
            return [_sent_again(state, at)]
        case c.FollowRightsCase(at=at):
            return [] if state.closed else _followed(state, at)
        case _:
            assert_never(command)


def _opened(command: c.OpenRightsCase) -> Sequence[e.RightsCaseEvent]:
    subject_id, case_id = command.subject_id, command.case_id
    opened = e.RightsCaseOpened(
        subject_id=subject_id,
        case_id=case_id,
        kind=command.kind,
        channel=command.channel,
        received_at=command.received_at,
        acknowledge_by=terms.acknowledge_by(command.received_at),
        due_at=command.due_at or terms.due_at(command.kind, command.received_at),
        has_account=command.has_account,
        extended=command.extended,
        file_alone=command.file_alone,
    )
    if command.identity is None:
        return [opened]
    shown = e.IdentityConfirmed(subject_id=subject_id, case_id=case_id, how=command.identity)
    return [opened, shown]


def _extended(command: c.ExtendTerm, state: RightsCase) -> e.RightsCaseExtended:
    """Return the longer term: once, and only while the first one runs (GDPR art. 12(3))."""
    _require_open(state)
    late = command.at >= state.due_at
    if state.kind not in terms.EXTENDABLE or state.extended is not None or late:
        raise errors.NotExtendableError
    return e.RightsCaseExtended(
        subject_id=state.subject_id,
        case_id=state.case_id,
        reason=command.reason,
        due_at=terms.extended(state.due_at),
    )


def _closed(command: c.CloseRightsCase, state: RightsCase) -> Sequence[e.RightsCaseEvent]:
    if state.outcome == command.outcome:
        return []
    _require_open(state)
    if state.act is not None:
        raise errors.ActElsewhereError
    if state.identity is None and command.outcome not in WITHOUT_IDENTITY:
        raise errors.IdentityUnconfirmedError
    return [
        e.RightsCaseClosed(
            subject_id=state.subject_id,
            case_id=state.case_id,
            outcome=command.outcome,
            in_time=command.at <= state.due_at,
        )
    ]


def _followed(state: RightsCase, at: datetime) -> Sequence[e.RightsCaseEvent]:
    """Return the reminder of the latest stage that has come: one, also after a standstill."""
    instants = terms.reminders(state.received_at, state.due_at)
    come = [stage for stage, instant in instants if instant <= at]
    if not come:
        return []
    stage = come[-1]
    if state.reminded is not None and STAGES.index(stage) <= STAGES.index(state.reminded):
        return []
    return [
        e.RightsCaseReminded(
            subject_id=state.subject_id,
            case_id=state.case_id,
            stage=stage,
            assignee=None if stage == "overdue" else state.assignee,
            due_at=state.due_at,
        )
    ]


def _sent_again(state: RightsCase, at: datetime) -> e.ConfirmationSentAgain:
    """Return the repetition; earlier links stay good, since they show the same thing."""
    _require_open(state)
    if state.identity is not None:
        raise errors.ConfirmationNotAwaitedError
    if len(state.resent) >= terms.CONFIRMATIONS_AT_MOST:
        raise errors.ConfirmationSentLatelyError(None)
    if state.resent and (left := state.resent[-1] + terms.CONFIRMATION_WAITS - at) > ZERO:
        raise errors.ConfirmationSentLatelyError(left)
    return e.ConfirmationSentAgain(subject_id=state.subject_id, case_id=state.case_id, sent_at=at)


def _require_open(state: RightsCase) -> None:
    if state.closed:
        raise errors.RightsCaseClosedError
