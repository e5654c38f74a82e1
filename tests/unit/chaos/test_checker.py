"""The checker of the chaos suite sees what it is there to see: each planted history is caught."""

from dataclasses import replace

import pytest

from tests.chaos.checker import Rule, check
from tests.chaos.evidence import (
    Answer,
    Evidence,
    Operation,
    Outcome,
    ReadModelState,
    StoredCommit,
    TopicRecord,
)


def _operation(number: int, version: int, outcome: Outcome = Outcome.ACKNOWLEDGED) -> Operation:
    return Operation(
        command_id=f"anna:{number}",
        stream="account-anna",
        invoked=number,
        completed=number + 0.5 if outcome is Outcome.ACKNOWLEDGED else None,
        outcome=outcome,
        answers=[Answer(version, (f"e{version}",))] if outcome is Outcome.ACKNOWLEDGED else [],
    )


def _commit(version: int, command_id: str | None = None) -> StoredCommit:
    event_id = f"e{version}"
    command = command_id or f"anna:{version}"
    return StoredCommit("identity", "account-anna", version, command, (event_id,), (event_id,))


def _record(version: int, offset: int, partition: int = 0) -> TopicRecord:
    return TopicRecord("identity", partition, offset, f"e{version}", "account-anna", version)


def _balances(serving: int, rebuilt: int, implied: int) -> ReadModelState:
    return ReadModelState(
        "balances",
        {"anna": {"credits": serving, "name": "sealed"}},
        {"anna": {"credits": rebuilt, "name": "sealed"}},
        {"anna": {"credits": implied}},
    )


SOUND = Evidence(
    operations=[_operation(1, 1), _operation(2, 2), _operation(3, 3)],
    commits=[_commit(1), _commit(2), _commit(3)],
    records=[_record(1, 0), _record(2, 1), _record(1, 2), _record(2, 3), _record(3, 4)],
    read_models=[_balances(3, 3, 3)],
    causes=["e1", "e2", "e3"],
    effects=["e1", "e2", "e3"],
)

STRANGER = replace(_record(1, 9), event_id="e9", sequence=9)
TWICE_ANSWERED = replace(_operation(3, 3), answers=[Answer(3, ("e3",)), Answer(2, ("e2",))])
UNASKED = StoredCommit("identity", "account-anna", 4, None, ("e4",), ())

PLANTED = {
    "an acknowledgement without a commit": (
        replace(SOUND, commits=SOUND.commits[:2], records=SOUND.records[:4]),
        Rule.ACKNOWLEDGED_IS_STORED,
    ),
    "a command carried out twice": (
        replace(SOUND, commits=[*SOUND.commits[:2], _commit(3, "anna:2")]),
        Rule.STORED_ONCE,
    ),
    "a commit that nobody asked for": (
        replace(SOUND, commits=[*SOUND.commits, UNASKED]),
        Rule.STORED_ONCE,
    ),
    "a refused command in the store": (
        replace(SOUND, operations=[*SOUND.operations[:2], _operation(3, 3, Outcome.REFUSED)]),
        Rule.REFUSED_IS_NOT_STORED,
    ),
    "a repetition that got another answer": (
        replace(SOUND, operations=[*SOUND.operations[:2], TWICE_ANSWERED]),
        Rule.ANSWERS_AGREE,
    ),
    "a stream with a gap": (
        replace(SOUND, commits=[SOUND.commits[0], SOUND.commits[2]]),
        Rule.VERSIONS_FOLLOW,
    ),
    "a later command at an earlier version": (
        replace(SOUND, operations=[_operation(1, 2), _operation(2, 1), _operation(3, 3)]),
        Rule.REAL_TIME_ORDER,
    ),
    "a commit that was never published": (
        replace(SOUND, records=SOUND.records[:4]),
        Rule.STORED_IS_PUBLISHED,
    ),
    "a record of nothing": (
        replace(SOUND, records=[*SOUND.records, STRANGER]),
        Rule.PUBLISHED_IS_STORED,
    ),
    "a stream published out of order": (
        replace(SOUND, records=[_record(1, 0), _record(3, 1), _record(2, 2)]),
        Rule.TOPIC_ORDER,
    ),
    "a stream on two partitions": (
        replace(SOUND, records=[_record(1, 0), _record(2, 1), _record(3, 0, partition=1)]),
        Rule.TOPIC_ORDER,
    ),
    "a stale read model": (
        replace(SOUND, read_models=[_balances(2, 3, 3)]),
        Rule.READ_MODEL_IS_REBUILT,
    ),
    "a fold that miscounts, whenever it is run": (
        replace(SOUND, read_models=[_balances(4, 4, 3)]),
        Rule.READ_MODEL_IS_IMPLIED,
    ),
    "a doubled effect": (replace(SOUND, effects=["e1", "e2", "e2", "e3"]), Rule.EFFECT_ONCE),
    "a lost effect": (replace(SOUND, effects=["e1", "e3"]), Rule.EFFECT_HAPPENS),
    "a system that never comes to rest": (
        replace(SOUND, unsettled=["identity: 3 commits wait"]),
        Rule.SETTLES,
    ),
    "a run in which nothing was acknowledged": (
        replace(SOUND, operations=[_operation(1, 1, Outcome.UNKNOWN)], commits=[], records=[]),
        Rule.PROGRESS,
    ),
}


def test_a_sound_run_breaks_no_rule_though_records_are_doubled() -> None:
    assert check(SOUND) == []


@pytest.mark.parametrize(("evidence", "rule"), PLANTED.values(), ids=PLANTED)
def test_a_planted_fault_is_seen(evidence: Evidence, rule: Rule) -> None:
    assert rule in {violation.rule for violation in check(evidence)}


def test_every_rule_has_a_planted_fault() -> None:
    assert {rule for _, rule in PLANTED.values()} == set(Rule)


def test_an_unknown_outcome_may_have_happened_or_not() -> None:
    lost = _operation(4, 4, Outcome.UNKNOWN)
    unanswered = replace(SOUND, operations=[*SOUND.operations[:2], _operation(3, 3), lost])
    assert check(unanswered) == []
    happened = replace(SOUND, operations=[*SOUND.operations[:2], _operation(3, 3, Outcome.UNKNOWN)])
    assert check(happened) == []
