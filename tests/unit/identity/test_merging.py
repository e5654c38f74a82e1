"""Merging a duplicate account into the one that stays."""

import pytest

from services.identity.domain.errors import MergeRefusedError, UnknownAccountError
from services.identity.domain.learner import commands as c
from services.identity.domain.learner import events as e
from services.identity.domain.learner.decide import decide
from services.identity.domain.learner.state import NO_LEARNER, Learner
from shared.events.base import SubjectId

LEARNER, SURVIVOR = SubjectId("learner-1"), SubjectId("learner-2")
OPEN = Learner(learner_id=LEARNER, requested=True, confirmed=True)
CLOSED = Learner(learner_id=LEARNER, requested=True, confirmed=True, closed=True)
MERGED = Learner(learner_id=LEARNER, requested=True, closed=True, merged_into=SURVIVOR)


def merge(into: SubjectId = SURVIVOR, *, survivor_open: bool = True) -> c.MergeAccount:
    return c.MergeAccount(into, survivor_open)


@pytest.mark.promise("C2.5")
def test_a_duplicate_is_closed_for_the_account_that_stays() -> None:
    merged = e.Merged(learner_id=LEARNER, surviving_id=SURVIVOR)
    assert decide(merge(), OPEN) == [merged, e.Closed(learner_id=LEARNER, reason="merged")]
    assert decide(merge(), CLOSED) == [merged]
    assert decide(merge(), MERGED) == []


@pytest.mark.parametrize(
    ("command", "state"),
    [
        (merge(LEARNER), OPEN),
        (merge(survivor_open=False), OPEN),
        (merge(SubjectId("learner-3")), MERGED),
    ],
)
def test_only_into_another_open_account_and_only_once(
    command: c.MergeAccount, state: Learner
) -> None:
    with pytest.raises(MergeRefusedError):
        decide(command, state)


def test_who_has_no_account_has_none_to_merge() -> None:
    with pytest.raises(UnknownAccountError):
        decide(merge(), NO_LEARNER)
