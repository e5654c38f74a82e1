"""Deciding on a stream of very many events: folded whole, and from its snapshot."""

from time import perf_counter

from bench.facts import META, Facts, stream_of
from bench.rows import Row, at_most, p50
from bench.stage import Stage
from services.learning.domain.enrolment.events import EnrolmentEvent, ExerciseAnswered
from services.learning.domain.enrolment.evolve import evolve
from services.learning.domain.enrolment.state import EnrolmentState
from shared.command_handler import CommandHandler
from shared.event_store import EventStore
from shared.events.base import SubjectId

COMMIT = 250
"""Events of each commit, so that the stream is there quickly."""
ROUNDS = 5
Handler = CommandHandler[object, EnrolmentState, EnrolmentEvent]


async def measure(stage: Stage) -> list[Row]:
    """Measure how long the state of such a stream takes, without and with its snapshot."""
    size = stage.size(100_000, 1_000)
    async with stage.learning(running=False) as runtime:
        store, facts = runtime.kernel.store, stage.facts()
        (learner,) = facts.learners(1)
        await _lengthen(store, facts, learner, size)
        whole = await _times(stage, _handler(store, grows_long=False), stream_of(learner))
        from_snapshot = _handler(store, grows_long=True)
        await from_snapshot.state(stream_of(learner))
        again = await _times(stage, from_snapshot, stream_of(learner))
    return [
        Row(f"state of a stream of {size:,} events, folded whole", whole, "ms"),
        Row(
            f"state of a stream of {size:,} events, from its snapshot",
            again,
            "ms",
            whole,
            "folded whole",
            at_most(50),
        ),
    ]


def _handler(store: EventStore, *, grows_long: bool) -> Handler:
    return CommandHandler(
        store,
        initial=EnrolmentState(),
        decide=lambda _command, _state: (),
        evolve=evolve,
        grows_long=grows_long,
    )


async def _lengthen(store: EventStore, facts: Facts, learner: SubjectId, size: int) -> None:
    stream = stream_of(learner)
    await store.append(stream, 0, [facts.enrolled(learner)], subject=learner, meta=META)
    version = 1
    answers: list[ExerciseAnswered] = []
    for answer in facts.answers(learner, size - 1):
        answers.append(answer)
        if len(answers) == COMMIT:
            await store.append(stream, version, answers, subject=learner, meta=META)
            version += COMMIT
            answers = []
    if answers:
        await store.append(stream, version, answers, subject=learner, meta=META)


async def _times(stage: Stage, handler: Handler, stream: str) -> float:
    times = []
    for _ in range(ROUNDS):
        with stage.ours():
            began = perf_counter()
            await handler.state(stream)
            times.append((perf_counter() - began) * 1_000)
    return p50(times)
