"""Learning's part of an access file: enrolments, answers, certifications, invoices (C8.1)."""

from typing import Final, get_args

from services.learning.application.handle import Learning
from services.learning.application.held import HIDDEN, SERVICE, in_words
from services.learning.domain.enrolment.events import EnrolmentEvent
from services.learning.domain.invoice.events import InvoiceEvent
from services.learning.domain.recording.events import RecordingEvent
from shared.access_files import Contribute, Contribution, facts_of, values_of
from shared.event_store import RecordedEvent
from shared.events.base import SubjectId
from shared.held_data import HeldDatum
from shared.words import Language

TOLD: Final = (*get_args(EnrolmentEvent), *get_args(InvoiceEvent), *get_args(RecordingEvent))
"""What is told as having happened: what is about the person, not about sessions or groups."""


def contributing(learning: Learning) -> Contribute:
    """Return what tells everything learning holds about a person, answers in words."""

    async def contribute(subject: SubjectId, language: Language) -> Contribution:
        recorded = await learning.store.load_subject(subject)

        def reword(record: RecordedEvent, datum: HeldDatum) -> HeldDatum:
            return in_words(learning, record, datum, language)

        return Contribution(
            values=values_of(SERVICE, recorded, hidden=HIDDEN, reword=reword),
            facts=facts_of(recorded, TOLD),
        )

    return contribute
