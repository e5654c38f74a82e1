"""A read model in the making is the same however little of it is held in memory."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from aiokafka import AIOKafkaProducer

from shared.consuming.draft import Draft
from shared.consuming.envelope import Envelope
from shared.consuming.projections import REVISION, Projector
from shared.database import Document
from shared.events.base import SubjectId
from shared.events.identity import LearnerLoggedIn
from tests.envelopes import enveloped
from tests.integration.kernel.conftest import Running, letters_of
from tests.integration.kernel.sample import People
from tests.unit.kernel.test_envelope import Record

SUBJECTS = 7
LOGINS = 4


def login(subject: str, sequence: int) -> Envelope:
    return enveloped(
        LearnerLoggedIn(learner_id=SubjectId(subject)),
        subject=subject,
        at=datetime(2026, 1, 1, tzinfo=UTC),
        sequence=sequence,
        stream=f"learner-{subject}",
        event_id=f"{subject}-{sequence}",
    )


async def drafted(
    running: Running,
    producer: AIOKafkaProducer,
    batches: Sequence[Sequence[Envelope]],
    room: int,
    packed_bytes: int,
) -> dict[str, Document]:
    letters = letters_of(running, producer)
    projector = Projector("drafts", [], running.database, letters, running.settings.namespace)
    collection = running.database.collection(f"draft-{room}-{packed_bytes}")
    draft = Draft(projector, People(), collection, room=room, packed_bytes=packed_bytes)
    for batch in batches:
        await draft.fold([(envelope, Record(b"", [])) for envelope in batch])
    await draft.write()
    found = await collection.find({}).to_list(None)
    return {one.pop("_id"): {k: v for k, v in one.items() if k != REVISION} for one in found}


@pytest.mark.parametrize(
    ("room", "packed_bytes"), [(2, 0), (2, 300), (0, 0), (2, 1_000_000), (0, 1_000_000)]
)
async def test_documents_that_were_packed_or_written_out_are_taken_up_again(
    running: Running, producer: AIOKafkaProducer, room: int, packed_bytes: int
) -> None:
    batches = [
        [login(f"subject-{number}", sequence) for number in range(SUBJECTS)]
        for sequence in range(1, LOGINS + 1)
    ]
    again = [*batches, batches[1]]
    whole = await drafted(running, producer, batches, 1_000, 1_000_000)
    assert {name: one["logins"] for name, one in whole.items()} == {
        f"subject-{number}": LOGINS for number in range(SUBJECTS)
    }
    assert await drafted(running, producer, again, room, packed_bytes) == whole
