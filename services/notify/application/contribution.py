"""Notify's part of an access file: the copies it writes by, and what went out (C8.1)."""

from typing import Final, get_args

from services.notify.adapters.recipient_directory import RecipientDirectory
from services.notify.application.read import HIDDEN, SOURCE, sent_messages
from services.notify.domain.events import MessageEvent
from shared.access_files import Contribute, Contribution, copied, facts_of, values_of
from shared.event_store import EventStore
from shared.events.base import SubjectId
from shared.words import Language

TOLD: Final = get_args(MessageEvent)
"""What is told as having happened."""


def contributing(store: EventStore, directory: RecipientDirectory) -> Contribute:
    """Return what tells everything notify holds about a person."""

    async def contribute(subject: SubjectId, _: Language) -> Contribution:
        recorded = await store.load_subject(subject)
        copies = await directory.held(subject)
        return Contribution(
            values=(
                *(copied(one, "learner") for one in copies),
                *(copied(one, "system") for one in sent_messages(recorded)),
                *values_of(SOURCE, recorded, hidden=HIDDEN),
            ),
            facts=facts_of(recorded, TOLD),
        )

    return contribute
