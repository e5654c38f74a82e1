"""Histories as they stand in Kafka and in the store, made by the thousand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from aiokafka import AIOKafkaProducer

from bench.facts import META, START, Facts, stream_of
from bench.kafka import IN_FLIGHT
from services.learning.application.publish import publish
from services.learning.domain.enrolment.events import EnrolmentEvent, ExerciseAnswered
from shared.consuming.envelope import encode
from shared.event_store import RecordedEvent
from shared.events.base import PublicEvent, SubjectId
from shared.ids import new_id
from shared.personal import Personal
from shared.service import Kernel
from shared.settings import Settings
from shared.topics import events_topic

Encoded = tuple[bytes, bytes, list[tuple[str, bytes]]]
BOTH: Final = ("answer", "score")


@dataclass(frozen=True, slots=True)
class Past:
    """What some learners did: each enrolled, then answered, the lives interwoven."""

    facts: Facts
    learners: list[SubjectId]
    each: int
    """Events of a learner, the enrolment among them."""
    sealed: ExerciseAnswered
    """An answer as it is stored; the others carry its ciphertexts under their own subjects."""

    @classmethod
    async def of(
        cls, facts: Facts, kernel: Kernel[Settings], *, learners: int, each: int
    ) -> "Past":
        """Return the past of `learners` people; the vault of `kernel` seals the sample."""
        sample = facts.answered(facts.learners(1)[0])
        [data] = await kernel.vault.seal_events([sample])
        sealed = ExerciseAnswered.model_validate(data)
        return cls(facts, facts.learners(learners), each, sealed)

    def __len__(self) -> int:
        """Return how many events there are."""
        return len(self.learners) * self.each

    def recorded(self) -> Iterator[RecordedEvent]:
        """Yield the events in the order in which they happened."""
        number = 0
        for version in range(1, self.each + 1):
            for learner in self.learners:
                number += 1
                yield RecordedEvent(
                    id=new_id(),  # not of a commit: only a part of these histories is in the store
                    stream=stream_of(learner),
                    version=version,
                    subject=learner,
                    at=START + timedelta(seconds=number),
                    event=self._event(learner, version),
                    meta=META,
                )

    def encoded(self) -> Iterator[Encoded]:
        """Yield the same as key, value and headers on the bus."""
        for record in self.recorded():
            event = publish(record)
            if isinstance(event, PublicEvent):
                yield encode("learning", record, event, None)

    async def produce(self, settings: Settings) -> None:
        """Put everything on the learning service's topic."""
        topic = settings.namespace + events_topic("learning")
        async with AIOKafkaProducer(
            bootstrap_servers=settings.kafka_bootstrap_servers, max_batch_size=262_144
        ) as producer:
            waiting = []
            for key, value, headers in self.encoded():
                waiting.append(await producer.send(topic, value, key=key, headers=headers))
                if len(waiting) == IN_FLIGHT:
                    for future in waiting:
                        await future
                    waiting = []
            for future in waiting:
                await future

    def _event(self, learner: SubjectId, version: int) -> EnrolmentEvent:
        if version == 1:
            return self.facts.enrolled(learner)
        answered = self.facts.answered(learner, version)
        own = {"subject": learner, "object": answered.enrolment_id}
        values = {name: self._resealed(name, own) for name in BOTH}
        return answered.model_copy(update=values)

    def _resealed(self, name: str, own: dict[str, str]) -> Personal[object]:
        sealed = getattr(self.sealed, name).sealed
        return Personal(sealed.model_copy(update=own))
