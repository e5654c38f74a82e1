"""Folding events into state in memory, nothing else."""

from time import perf_counter

from bench.facts import stream_of
from bench.history import Past
from bench.rows import Row, at_least, p50
from bench.stage import Stage
from services.learning.application.publish import publish
from services.learning.domain.enrolment.evolve import evolve
from services.learning.domain.enrolment.state import EnrolmentState
from services.retention.domain.life.fold import Happened, fold
from services.retention.domain.life.life import Life
from shared.events.base import PublicEvent

ROUNDS = 5


async def measure(stage: Stage) -> list[Row]:
    """Measure events a second on one core, of a decider's state and of retention's lives."""
    async with stage.learning(running=False) as runtime:
        learners = stage.size(1_000, 5)
        past = await Past.of(stage.facts(), runtime.kernel, learners=learners, each=20)
    recorded = list(past.recorded())
    public = [(r.subject, publish(r), r.at, r.version) for r in recorded]
    happened = [
        (subject, Happened(event, at, sequence))
        for subject, event, at, sequence in public
        if isinstance(event, PublicEvent)
    ]

    def enrolments() -> None:
        states = {stream_of(learner): EnrolmentState() for learner in past.learners}
        for record in recorded:
            states[record.stream] = evolve(states[record.stream], record.event)  # type: ignore[arg-type]

    def lives() -> None:
        known = {learner: Life(learner) for learner in past.learners}
        for subject, one in happened:
            fold(known[subject], one)

    rows = []
    for what, act in (("fold of an enrolment", enrolments), ("fold of a life", lives)):
        rates = []
        for _ in range(ROUNDS):
            with stage.ours():
                began = perf_counter()
                act()
                rates.append(len(recorded) / (perf_counter() - began))
        rows.append(Row(what, p50(rates), "events/s", goal=at_least(100_000)))
    return rows
