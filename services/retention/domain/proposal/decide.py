"""The rules of a proposal: never the same person twice, and never for longer than a week."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, assert_never

from services.retention.domain.errors import (
    ProposalNotFoundError,
    ProposalOverError,
    SamePersonError,
)
from services.retention.domain.proposal.commands import (
    ActAlone,
    ConfirmAct,
    ExpireProposal,
    ProposalCommand,
    ProposeAct,
    RefuseAct,
)
from services.retention.domain.proposal.events import (
    ActWasProposed,
    ProposalEvent,
    ProposalWasSettled,
)
from services.retention.domain.proposal.state import ProposalState
from shared.events.retention import ProposalOutcome

OPEN_FOR: Final = timedelta(days=7)
"""How long a proposal waits for the second person."""


def decide(command: ProposalCommand, state: ProposalState) -> Sequence[ProposalEvent]:
    """Return what `command` leads to; what the same person did before leads to nothing.

    Raises:
        ProposalNotFoundError: there is no such proposal, or none of whoever would act alone.
        ProposalOverError: it was decided already, or its time is over.
        SamePersonError: who asked for it cannot be the second person.
    """
    if isinstance(command, ProposeAct):
        return [] if state.made is not None else [_made(command)]
    made = state.made
    if made is None:
        raise ProposalNotFoundError
    if isinstance(command, ExpireProposal):
        due = state.settled is None and command.at >= made.expires_at
        return [_settled(made, "expired", None, command.at)] if due else []
    return _decided(command, made, state.settled)


def _decided(
    command: ConfirmAct | ActAlone | RefuseAct,
    made: ActWasProposed,
    settled: ProposalWasSettled | None,
) -> Sequence[ProposalEvent]:
    if settled is not None and _same(command, settled):
        return []
    if settled is not None or command.at >= made.expires_at:
        raise ProposalOverError
    own = command.by == made.asked_by
    match command:
        case ConfirmAct(by=by, at=at):
            if own:
                raise SamePersonError
            return [_settled(made, "confirmed", by, at)]
        case ActAlone(by=by, at=at):
            # What somebody else asked for is confirmed by a person, never by the machine's owner.
            if not own:
                raise ProposalNotFoundError
            return [_settled(made, "alone", by, at)]
        case RefuseAct(by=by, at=at):
            return [_settled(made, "withdrawn" if own else "refused", by, at)]
        case _:
            assert_never(command)


def _made(command: ProposeAct) -> ActWasProposed:
    return ActWasProposed(
        proposal_id=command.proposal_id,
        act=command.act,
        reason=command.reason,
        asked_by=command.by,
        asked_at=command.at,
        expires_at=command.at + OPEN_FOR,
    )


def _same(command: ConfirmAct | ActAlone | RefuseAct, settled: ProposalWasSettled) -> bool:
    """Whether it is what the same person has decided already."""
    match command:
        case ConfirmAct():
            outcomes = {"confirmed"}
        case ActAlone():
            outcomes = {"alone"}
        case RefuseAct():
            outcomes = {"refused", "withdrawn"}
        case _:
            assert_never(command)
    return settled.outcome in outcomes and settled.settled_by == command.by


def _settled(
    made: ActWasProposed, outcome: ProposalOutcome, by: str | None, at: datetime
) -> ProposalWasSettled:
    return ProposalWasSettled(
        proposal_id=made.proposal_id, outcome=outcome, settled_by=by, settled_at=at
    )
