"""A read model in the making is the same however little of it is held in memory."""

from collections.abc import Sequence
from datetime import UTC, datetime

from aiokafka import AIOKafkaProducer

from shared.consuming.draft import Draft
from shared.consuming.envelope import Envelope
from shared.consuming.projections import REVISION, Projector
from shared.database import Document
from shared.events.base import SubjectId
from shared.events.identity import LearnerLoggedIn
from tests.integration.kernel.conftest import Running, letters_of
from tests.integration.kernel.sample import People
from tests.unit.kernel.test_envelope import Record

SUBJECTS = 7
LOGINS = 4


def login(subject: str, sequence: int) -> Envelope:
    return Envelope(
        id=f"{subject}-{sequence}",
        type="LearnerLoggedIn",
        version=1,
        source="identity",
        subject=SubjectId(subject),
        stream=f"learner-{subject}",
        sequence=sequence,
        time=datetime(2026, 1, 1, tzinfo=UTC),
        correlation_id="test",
        causation_id=None,
        traceparent=None,
        data=LearnerLoggedIn(learner_id=SubjectId(subject)),
        topic="identity.events",
        partition=0,
        offset=sequence,
    )


async def drafted(
    running: Running, producer: AIOKafkaProducer, batches: Sequence[Sequence[Envelope]], room: int
) -> dict[str, Document]:
    letters = letters_of(running, producer)
    projector = Projector("drafts", [], running.database, letters, running.settings.namespace)
    collection = running.database.collection(f"draft-{room}")
    draft = Draft(projector, People(), collection, room=room)
    for batch in batches:
        await draft.fold([(envelope, Record(b"", [])) for envelope in batch])
    await draft.write()
    found = await collection.find({}).to_list(None)
    return {one.pop("_id"): {k: v for k, v in one.items() if k != REVISION} for one in found}


async def test_documents_that_were_written_out_are_taken_up_again(
    running: Running, producer: AIOKafkaProducer
) -> None:
    batches = [
        [login(f"subject-{number}", sequence) for number in range(SUBJECTS)]
        for sequence in range(1, LOGINS + 1)
    ]
    again = [*batches, batches[1]]
    whole = await drafted(running, producer, batches, room=1_000)
    assert {name: one["logins"] for name, one in whole.items()} == {
        f"subject-{number}": LOGINS for number in range(SUBJECTS)
    }
    assert await drafted(running, producer, again, room=2) == whole
