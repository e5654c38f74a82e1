"""The checker, in the manner of Jepsen: from what a run left behind to what went wrong. Pure."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tests.chaos.evidence import Evidence, Operation, Outcome, ReadModelState, StoredCommit


class Rule(StrEnum):
    """What must hold after any faults."""

    ACKNOWLEDGED_IS_STORED = "an acknowledged command is in the store"
    STORED_ONCE = "a command is carried out at most once"
    REFUSED_IS_NOT_STORED = "a refused command is not in the store"
    ANSWERS_AGREE = "a repeated command gets the first answer"
    VERSIONS_FOLLOW = "the versions of a stream follow one another"
    REAL_TIME_ORDER = "a command after an acknowledged one comes later in the stream"
    STORED_IS_PUBLISHED = "what is stored is on the topic at least once"
    PUBLISHED_IS_STORED = "what is on the topic is in the store"
    TOPIC_ORDER = "a stream is first published in its order, on one partition"
    READ_MODEL_IS_REBUILT = "a read model equals one made anew"
    READ_MODEL_IS_IMPLIED = "a read model tells what the stores tell"
    EFFECT_ONCE = "a reaction has its effect once"
    EFFECT_HAPPENS = "a reaction has its effect"
    SETTLES = "everything comes to rest once the faults are over"
    PROGRESS = "commands were acknowledged while faults went on"


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that went wrong."""

    rule: Rule
    what: str


def check(evidence: Evidence) -> list[Violation]:
    """Return everything in `evidence` that breaks a rule."""
    return [Violation(rule, what) for rule, judge in _JUDGES for what in judge(evidence)]


def _acknowledged(evidence: Evidence) -> list[Operation]:
    return [one for one in evidence.operations if one.outcome is Outcome.ACKNOWLEDGED]


def _by_command(evidence: Evidence) -> dict[str, list[StoredCommit]]:
    commits: dict[str, list[StoredCommit]] = defaultdict(list)
    for commit in evidence.commits:
        if commit.command_id is not None:
            commits[commit.command_id].append(commit)
    return commits


def _acknowledged_is_stored(evidence: Evidence) -> Iterator[str]:
    stored = {event_id for commit in evidence.commits for event_id in commit.event_ids}
    carried_out = _by_command(evidence)
    for operation in _acknowledged(evidence):
        for answer in operation.answers:
            known = answer.event_ids or operation.command_id in carried_out
            if not known or not stored.issuperset(answer.event_ids):
                yield f"{operation.command_id} was acknowledged and is not in the store"


def _stored_once(evidence: Evidence) -> Iterator[str]:
    for command_id, commits in _by_command(evidence).items():
        if len(commits) > 1:
            yield f"{command_id} is in the store {len(commits)} times"
    # Without its id in the store, a doubled command shows as events that nobody asked for.
    asked = Counter(operation.stream for operation in evidence.operations)
    written = Counter(c.stream for c in evidence.commits if c.stream in asked)
    for stream, count in written.items():
        if count > asked[stream]:
            yield f"{stream} has {count} commits for {asked[stream]} commands"


def _refused_is_not_stored(evidence: Evidence) -> Iterator[str]:
    commits = _by_command(evidence)
    for operation in evidence.operations:
        if operation.outcome is Outcome.REFUSED and operation.command_id in commits:
            yield f"{operation.command_id} was refused and is in the store"


def _answers_agree(evidence: Evidence) -> Iterator[str]:
    for operation in _acknowledged(evidence):
        told = {(answer.version, answer.event_ids) for answer in operation.answers}
        if len(told) > 1:
            yield f"{operation.command_id} was answered in {len(told)} ways"


def _versions_follow(evidence: Evidence) -> Iterator[str]:
    streams: dict[tuple[str, str], list[StoredCommit]] = defaultdict(list)
    for commit in evidence.commits:
        streams[commit.service, commit.stream].append(commit)
    for (service, stream), commits in streams.items():
        expected = 1
        for commit in sorted(commits, key=lambda one: one.version):
            if commit.version != expected:
                yield f"{service}: {stream} has {commit.version} where {expected} was to follow"
                break
            expected += len(commit.event_ids)


def _real_time_order(evidence: Evidence) -> Iterator[str]:
    by_stream: dict[str, list[Operation]] = defaultdict(list)
    for operation in _acknowledged(evidence):
        by_stream[operation.stream].append(operation)
    for stream, operations in by_stream.items():
        done = sorted(operations, key=lambda one: one.completed or 0.0)
        highest, index = 0, 0
        for operation in sorted(operations, key=lambda one: one.invoked):
            while index < len(done) and (done[index].completed or 0.0) < operation.invoked:
                highest = max(highest, done[index].answers[0].version)
                index += 1
            if operation.answers[0].version <= highest:
                yield f"{stream}: {operation.command_id} went before an acknowledged version"


def _stored_is_published(evidence: Evidence) -> Iterator[str]:
    published = {(record.service, record.event_id) for record in evidence.records}
    for commit in evidence.commits:
        for event_id in commit.published:
            if (commit.service, event_id) not in published:
                yield f"{commit.service}: {event_id} of {commit.stream} was never published"


def _published_is_stored(evidence: Evidence) -> Iterator[str]:
    stored = {(commit.service, one) for commit in evidence.commits for one in commit.event_ids}
    for record in evidence.records:
        if (record.service, record.event_id) not in stored:
            yield f"{record.service}: {record.event_id} is on the topic only"


def _topic_order(evidence: Evidence) -> Iterator[str]:
    seen: set[tuple[str, str]] = set()
    reached: dict[tuple[str, str], tuple[int, int]] = {}
    for record in sorted(evidence.records, key=lambda one: (one.partition, one.offset)):
        if (record.service, record.event_id) in seen:
            continue
        seen.add((record.service, record.event_id))
        stream = (record.service, record.stream)
        partition, sequence = reached.get(stream, (record.partition, 0))
        if partition != record.partition:
            yield f"{record.service}: {record.stream} is on several partitions"
        elif record.sequence <= sequence:
            yield f"{record.service}: {record.stream} has {record.sequence} after {sequence}"
        reached[stream] = (record.partition, record.sequence)


def _differences(state: ReadModelState, *, implied: bool) -> Iterable[str]:
    other = state.implied if implied else state.rebuilt
    for key in sorted({*state.serving, *other}):
        ours, theirs = state.serving.get(key), other.get(key)
        if ours is not None and theirs is not None and implied:
            ours = {name: ours.get(name) for name in theirs}
        if ours != theirs:
            yield f"{state.name}: {key} is {ours}, should be {theirs}"


def _read_model_is_rebuilt(evidence: Evidence) -> Iterator[str]:
    for state in evidence.read_models:
        yield from _differences(state, implied=False)


def _read_model_is_implied(evidence: Evidence) -> Iterator[str]:
    for state in evidence.read_models:
        yield from _differences(state, implied=True)


def _effect_once(evidence: Evidence) -> Iterator[str]:
    for cause, count in Counter(evidence.effects).items():
        if count > 1:
            yield f"{cause} was answered {count} times"


def _effect_happens(evidence: Evidence) -> Iterator[str]:
    for cause in sorted(set(evidence.causes) - set(evidence.effects)):
        yield f"{cause} was never answered"


def _settles(evidence: Evidence) -> Iterator[str]:
    yield from evidence.unsettled


def _progress(evidence: Evidence) -> Iterator[str]:
    if not _acknowledged(evidence):
        yield f"none of {len(evidence.operations)} commands was acknowledged"


_JUDGES: Final[Sequence[tuple[Rule, Callable[[Evidence], Iterator[str]]]]] = (
    (Rule.ACKNOWLEDGED_IS_STORED, _acknowledged_is_stored),
    (Rule.STORED_ONCE, _stored_once),
    (Rule.REFUSED_IS_NOT_STORED, _refused_is_not_stored),
    (Rule.ANSWERS_AGREE, _answers_agree),
    (Rule.VERSIONS_FOLLOW, _versions_follow),
    (Rule.REAL_TIME_ORDER, _real_time_order),
    (Rule.STORED_IS_PUBLISHED, _stored_is_published),
    (Rule.PUBLISHED_IS_STORED, _published_is_stored),
    (Rule.TOPIC_ORDER, _topic_order),
    (Rule.READ_MODEL_IS_REBUILT, _read_model_is_rebuilt),
    (Rule.READ_MODEL_IS_IMPLIED, _read_model_is_implied),
    (Rule.EFFECT_ONCE, _effect_once),
    (Rule.EFFECT_HAPPENS, _effect_happens),
    (Rule.SETTLES, _settles),
    (Rule.PROGRESS, _progress),
)
