"""The lives: every public event folded into the dated facts of the person it is about."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from services.retention.domain.life.fold import Happened, fold, subject_of
from services.retention.domain.life.follow import follows
from services.retention.domain.life.life import Life
from shared.consuming.envelope import Envelope
from shared.consuming.projections import BatchProjection
from shared.database import Document, IndexModel
from shared.events.archive import ArchivedDataRead
from shared.events.erasure import DataErased
from shared.events.reading import AnswersCounted, PersonalDataRead
from shared.topics import SERVICES, events_topic

FOLDS: Final = "folds"
"""How many events the document has taken in: tells whether clocks were worked out since."""

WANTED: Final = "wanted"
"""Number of the adoption by whose rules, or later ones, the clocks are to be worked out."""


FOLLOWS: Final = "follows"
"""The account that a duplicate was merged into."""


NO_FACT: Final = (DataErased, ArchivedDataRead, PersonalDataRead, AnswersCounted)
"""What no clock runs from."""


class Lives(BatchProjection):
    """One document per person; `next_at` tells when the sweep has to look at it."""

    name = "lives"
    version = 4
    topics = tuple(events_topic(service) for service in SERVICES)
    indexes = (
        IndexModel([("dirty", 1)], partialFilterExpression={"dirty": True}),
        IndexModel([("next_at", 1)]),
        IndexModel([(FOLLOWS, 1)], sparse=True),
    )
    beside = ("dirty", "next_at", "rules", WANTED)

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Return the person the event is about."""
        if isinstance(envelope.data, NO_FACT):
            return ()
        subject = subject_of(envelope.data)
        return () if subject is None else (subject,)

    def fold(self, document: Document | None, envelope: Envelope) -> Document:
        """Return the life with the event in it; its clocks are to be worked out anew."""
        return self.fold_all(document, (envelope,))

    def fold_all(self, document: Document | None, envelopes: Sequence[Envelope]) -> Document:
        """Return the life with the events in it, read and written out once."""
        subject = subject_of(envelopes[0].data) or envelopes[0].subject
        known = document or {}
        life = life_of(subject, document)
        for envelope in envelopes:
            fold(life, Happened(envelope.data, envelope.time, envelope.sequence))
        return {
            **life.to_document(),
            "dirty": True,
            "next_at": known.get("next_at"),
            "rules": known.get("rules"),
            WANTED: known.get(WANTED),
            **_followed(life),
            FOLDS: known.get(FOLDS, 0) + len(envelopes),
        }


def life_of(subject: str, document: dict[str, Any] | None) -> Life:
    """Return the life that `document` holds, an empty one for none."""
    return Life(subject) if document is None else Life.from_document(subject, document)


def _followed(life: Life) -> dict[str, str]:
    """Return the account that `life` was merged into, for those who look for its duplicates."""
    surviving = follows(life)
    return {} if surviving is None else {FOLLOWS: surviving}
