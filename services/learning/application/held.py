"""Everything the learning service holds about one person (C8.1)."""

from collections.abc import Mapping
from typing import Final

from services.learning.application.handle import Learning
from services.learning.domain.catalogue.answers import readable
from services.learning.domain.catalogue.text import Language
from services.learning.domain.enrolment.events import (
    CommentCorrected,
    ExerciseAnswered,
    ScoreCorrected,
)
from services.learning.domain.errors import NotFoundError
from services.learning.domain.imported.events import RecordImported
from services.learning.domain.invoice.events import RecipientCorrected
from shared.event_store import RecordedEvent
from shared.events.base import SubjectId
from shared.held_data import HeldData, HeldDatum, held_values
from shared.portability.file import Imported, Session, Wording

SERVICE: Final = "learning"
HIDDEN: Final = ("contribution",)
"""What links a person to a statistic until it is released; its presence is shown."""
Correction = ScoreCorrected | CommentCorrected | RecipientCorrected
CORRECTED: Final[Mapping[type, str]] = {
    ScoreCorrected: "score",
    CommentCorrected: "comment",
    RecipientCorrected: "billing_name",
}
"""Which field of the event that it names a correction replaces."""


async def held_data(learning: Learning, subject: SubjectId, language: Language) -> HeldData:
    """Return every personal value held about `subject`, answers in words rather than ids."""
    recorded = await learning.store.load_subject(subject)
    wrong = {
        (record.event.corrects, CORRECTED[type(record.event)])
        for record in recorded
        if isinstance(record.event, Correction)
    }
    return HeldData(
        items=[
            in_words(learning, record, datum, language)
            for record in recorded
            for datum in held_values(SERVICE, [record], hidden=HIDDEN)
            # What was corrected is not shown any more: the right value stands in its own event.
            if (record.id, datum.field) not in wrong
        ]
    )


async def held_values_of(learning: Learning, subject: SubjectId) -> list[HeldDatum]:
    """Return the same values for an authority, in French."""
    return (await held_data(learning, subject, "fr")).items


def in_words(
    learning: Learning, record: RecordedEvent, datum: HeldDatum, language: Language
) -> HeldDatum:
    """Return `datum` with an answer in words rather than ids."""
    event = record.event
    if isinstance(event, RecordImported) and datum.value is not None:
        return datum.model_copy(update={"value": _record_in_words(datum.value, language)})
    if datum.field != "answer" or datum.value is None or not isinstance(event, ExerciseAnswered):
        return datum
    try:
        exercise = learning.catalogue.module(event.module_id).exercise(event.exercise_id)
    except NotFoundError:
        return datum
    return datum.model_copy(update={"value": readable(exercise, datum.value, language)})


def _record_in_words(value: str, language: Language) -> str:
    """Return a record from another platform as a person reads it, line by line."""
    brought = Imported.model_validate_json(value)
    record, platform = brought.record, f"{brought.source.home_page} ({brought.source.name})"
    if isinstance(record, Session):
        return f"{platform}\n{record.at.isoformat()}"

    def said(text: Wording) -> str:
        return text.fr if language == "fr" else text.en

    answers = [
        f"{one.answered_at.date().isoformat()} {said(one.question)} : {said(one.in_words)}"
        + ("" if one.score is None else f" ({one.score} %)")
        for one in record.answers
    ]
    decisions = [f"{one.at.date().isoformat()} {one.decision}" for one in record.decisions]
    return "\n".join([said(record.title), platform, *answers, *decisions])
