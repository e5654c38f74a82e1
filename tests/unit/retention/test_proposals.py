"""Acts that need a second person: given / when / then."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from services.retention.domain.errors import (
    ProposalNotFoundError,
    ProposalOverError,
    RetentionError,
    SamePersonError,
)
from services.retention.domain.proposal.acts import CloseMatter
from services.retention.domain.proposal.commands import (
    ActAlone,
    ConfirmAct,
    ExpireProposal,
    ProposalCommand,
    ProposeAct,
    RefuseAct,
)
from services.retention.domain.proposal.decide import OPEN_FOR, decide
from services.retention.domain.proposal.events import ProposalWasSettled
from services.retention.domain.proposal.evolve import evolve
from services.retention.domain.proposal.state import ProposalState
from tests.unit.retention.given import on

NOW = on("2026-03-02")
ACT = CloseMatter(matter_id="m1", reason="proceedings_over")
PROPOSE = ProposeAct("p1", ACT, "", "dpo-1", NOW)


def after(*commands: ProposalCommand) -> ProposalState:
    state = ProposalState()
    for command in commands:
        for event in decide(command, state):
            state = evolve(state, event)
    return state


def outcome(command: ProposalCommand) -> object:
    [event] = decide(command, after(PROPOSE))
    return isinstance(event, ProposalWasSettled) and (event.outcome, event.settled_by)


@pytest.mark.promise("C4.3", "C6.2")
def test_only_somebody_else_confirms_what_was_asked_for() -> None:
    assert outcome(ConfirmAct("dpo-2", NOW)) == ("confirmed", "dpo-2")
    with pytest.raises(SamePersonError):
        decide(ConfirmAct("dpo-1", NOW), after(PROPOSE))


def test_a_second_person_refuses_and_who_asked_withdraws() -> None:
    assert outcome(RefuseAct("dpo-2", NOW)) == ("refused", "dpo-2")
    assert outcome(RefuseAct("dpo-1", NOW)) == ("withdrawn", "dpo-1")


def test_the_exception_is_for_who_asked_alone_and_is_recorded_as_one() -> None:
    assert outcome(ActAlone("dpo-1", NOW)) == ("alone", "dpo-1")
    with pytest.raises(ProposalNotFoundError):
        decide(ActAlone("somebody", NOW), after(PROPOSE))


def test_after_a_week_it_is_over_and_says_so_once() -> None:
    late = NOW + OPEN_FOR
    assert decide(ExpireProposal(late - timedelta(seconds=1)), after(PROPOSE)) == []
    assert outcome(ExpireProposal(late)) == ("expired", None)
    assert decide(ExpireProposal(late), after(PROPOSE, ExpireProposal(late))) == []
    with pytest.raises(ProposalOverError):
        decide(ConfirmAct("dpo-2", late), after(PROPOSE))


def test_it_is_asked_for_once_and_nothing_else_is_known() -> None:
    assert decide(PROPOSE, after(PROPOSE)) == []
    with pytest.raises(ProposalNotFoundError):
        decide(ConfirmAct("dpo-2", NOW), ProposalState())


COMMANDS: tuple[Callable[[str, datetime], ProposalCommand], ...] = (
    ConfirmAct,
    ActAlone,
    RefuseAct,
    lambda _, at: ExpireProposal(at),
)


@examples(
    st.lists(
        st.tuples(
            st.sampled_from(COMMANDS),
            st.sampled_from(["dpo-1", "dpo-2", "admin-1"]),
            st.timedeltas(timedelta(0), timedelta(days=9)),
        ),
        max_size=6,
    )
)
def test_whatever_is_tried_it_is_settled_once_and_never_confirmed_by_who_asked(
    tried: list[tuple[Callable[[str, datetime], ProposalCommand], str, timedelta]],
) -> None:
    state, settled = after(PROPOSE), 0
    for make, who, later in tried:
        try:
            events = decide(make(who, NOW + later), state)
        except RetentionError:
            continue
        for event in events:
            state = evolve(state, event)
            settled += 1
    assert settled <= 1
    if state.settled is not None and state.settled.outcome == "confirmed":
        assert state.settled.settled_by != PROPOSE.by
        assert state.settled.settled_at < NOW + OPEN_FOR
