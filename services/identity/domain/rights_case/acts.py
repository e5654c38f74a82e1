"""The rules of cases that open by themselves, since the person acted in the portal (C8)."""

from collections.abc import Sequence
from typing import assert_never

from services.identity.domain import errors
from services.identity.domain.rights_case import commands as c
from services.identity.domain.rights_case import events as e
from services.identity.domain.rights_case import terms
from services.identity.domain.rights_case.state import RightsCase
from shared.events.base import SubjectId
from shared.events.rights_cases import RightsOutcome

ActCommand = (
    c.RecordAct | c.SettleAct | c.UndoAct | c.ForgetCase | c.NameRecipients | c.TellRecipient
)


def decide_act(  # noqa: C901 - one case a command
    command: ActCommand, state: RightsCase
) -> Sequence[e.RightsCaseEvent]:
    """Return what `command` leads to; nothing where it is so already.

    Raises:
        UnknownRightsCaseError: there is no such case.
        UnknownRecipientError: nobody of that name is to be told.
    """
    if isinstance(command, c.RecordAct):
        return [] if state.case_id else _recorded(command)
    if not state.case_id:
        raise errors.UnknownRightsCaseError
    subject_id, case_id = state.subject_id, state.case_id
    match command:
        case c.SettleAct(outcome=outcome, at=at):
            if state.closed:
                return []
            return [_closed(state.subject_id, state.case_id, outcome, in_time=at <= state.due_at)]
        case c.UndoAct():
            if state.undone or state.act is None:
                return []
            return [e.RightsCaseUndone(subject_id=subject_id, case_id=case_id)]
        case c.NameRecipients(recipients=recipients):
            if state.recipients is not None:
                return []
            return [
                e.RightsCaseRecipientsNamed(
                    subject_id=subject_id, case_id=case_id, recipients=recipients
                )
            ]
        case c.TellRecipient(recipient=recipient, told_by=told_by):
            return _told(state, recipient, told_by)
        case c.ForgetCase():
            if state.forgotten:
                return []
            return [e.RightsCaseForgotten(subject_id=subject_id, case_id=case_id)]
        case _:
            assert_never(command)


def _told(state: RightsCase, recipient: str, told_by: str) -> Sequence[e.RightsCaseEvent]:
    to_tell = {one.recipient for one in state.recipients or () if one.how == "to_tell"}
    if recipient not in to_tell:
        raise errors.UnknownRecipientError
    if recipient in state.told:
        return []
    return [
        e.RightsCaseRecipientTold(
            subject_id=state.subject_id,
            case_id=state.case_id,
            recipient=recipient,
            told_by=told_by,
        )
    ]


def _recorded(command: c.RecordAct) -> Sequence[e.RightsCaseEvent]:
    """Return the whole case: what was done on the screen was acknowledged on the screen."""
    subject_id, case_id, at = command.subject_id, command.case_id, command.at
    found: list[e.RightsCaseEvent] = [
        e.RightsCaseOpened(
            subject_id=subject_id,
            case_id=case_id,
            kind=command.kind,
            channel="portal",
            received_at=at,
            acknowledge_by=terms.acknowledge_by(at),
            due_at=terms.due_at(command.kind, at),
            has_account=True,
            act=command.act,
        ),
        e.IdentityConfirmed(subject_id=subject_id, case_id=case_id, how="session"),
        e.RightsCaseAcknowledged(subject_id=subject_id, case_id=case_id),
    ]
    if command.done:
        found.append(_closed(subject_id, case_id, "granted", in_time=True))
    return found


def _closed(
    subject_id: SubjectId, case_id: str, outcome: RightsOutcome, *, in_time: bool
) -> e.RightsCaseClosed:
    return e.RightsCaseClosed(
        subject_id=subject_id, case_id=case_id, outcome=outcome, in_time=in_time
    )
