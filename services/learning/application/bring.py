"""Taking in learning records that a learner brought from another platform (C8.5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid5

from services.learning.application.handle import Learning, imported_stream
from services.learning.application.standing import require_agreement
from services.learning.domain.enrolment.events import CourseEnrolled
from services.learning.domain.errors import OwnRecordError
from services.learning.domain.imported.decide import ImportRecord
from services.learning.domain.imported.events import RecordImported
from services.learning.domain.recording.events import SessionRecorded
from shared.event_store import Metadata
from shared.events.base import SubjectId
from shared.personal import Erased
from shared.portability.file import Imported

IMPORTS: Final = UUID("7c3d0f52-3f1d-5c8e-a6a4-0d6f6b8f5b61")
"""Name space of the ids of imported records."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A record from elsewhere as it is kept here."""

    import_id: str
    brought: Imported


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of the records that were brought."""

    new: int
    changed: int
    known: int
    """Here already, as they were brought."""
    own: int
    """Recorded here in the first place."""


async def kept_records(learning: Learning, learner_id: SubjectId) -> list[Kept]:
    """Return the records from elsewhere that are kept of a person, in their latest state."""
    found: dict[str, Kept] = {}
    for record in await learning.store.load_subject(learner_id):
        event = record.event
        if isinstance(event, RecordImported):
            text = event.record.reveal()
            if not isinstance(text, Erased):
                brought = Imported.model_validate_json(text)
                found[event.import_id] = Kept(event.import_id, brought)
    return list(found.values())


async def own_records(learning: Learning, learner_id: SubjectId) -> frozenset[str]:
    """Return the ids of the person's enrolments and recorded sessions here."""
    ids: set[str] = set()
    for record in await learning.store.load_subject(learner_id):
        match record.event:
            case CourseEnrolled(enrolment_id=one) | SessionRecorded(recording_id=one):
                ids.add(one)
            case _:
                pass
    return frozenset(ids)


async def take_in(
    learning: Learning, learner_id: SubjectId, brought: Sequence[Imported], meta: Metadata
) -> TakenIn:
    """Keep each of `brought`, once: a repetition, also of a part, adds nothing.

    Raises:
        GuardianAgreementMissingError: a minor's account, blocked or without agreement.
        TooManyImportedError: no more records are kept of one person.
        KeyClosedError: one was kept here before and has been forgotten.
    """
    await require_agreement(learning, learner_id)
    own = await own_records(learning, learner_id)
    here = {one.import_id: one.brought for one in await kept_records(learning, learner_id)}
    counts = {"new": 0, "changed": 0, "known": 0, "own": 0}
    for one in brought:
        import_id = import_id_of(learner_id, one)
        if here.get(import_id) == one:
            counts["known"] += 1
            continue
        others = len(here.keys() - {import_id})
        command = ImportRecord(learner_id, import_id, one, learning.clock.now(), own, others)
        try:
            await learning.imported.handle(
                imported_stream(import_id),
                command,
                subject=learner_id,
                meta=meta.for_step(import_id),
            )
        except OwnRecordError:
            counts["own"] += 1
            continue
        counts["changed" if import_id in here else "new"] += 1
        here[import_id] = one
    return TakenIn(**counts)


def import_id_of(learner_id: SubjectId, brought: Imported) -> str:
    """Return the id under which a record is kept: the same whenever this person brings it."""
    return str(uuid5(IMPORTS, " ".join((learner_id, *brought.place))))
