"""What becomes of records that a service could not process. The content is in none of these."""

from typing import Literal

from shared.events.base import ANY_SERVICE, DomainEvent, Identifier, PublicEvent, SubjectId

Attempts = tuple[tuple[str, str], ...]
"""Instant (RFC 3339) and defect of each attempt, the last ones of many."""


class DeadLettersOpened(PublicEvent):
    """A service keeps the first dead letter of a month: their contents have a clock from now on.

    Every service publishes it on its own topic. No person is its subject, but the service itself.
    """

    SERVICE = ANY_SERVICE

    subject_id: SubjectId
    service: Identifier
    month: Identifier
    """`YYYY-MM`, the object under whose key the contents are sealed."""


class DeadLetterEvent(DomainEvent):
    """A fact about one dead letter, in the stream of that letter."""

    NEVER_PUBLISHED = True

    letter_id: Identifier


class DeadLetterKept(DeadLetterEvent):
    """A record could not be processed and is kept."""

    reason: str
    """Type of the defect, never its content."""
    consumer: str
    topic: str
    partition: int
    offset: int
    attempts: Attempts
    tries: int
    """How often it was tried, also where not every attempt is listed."""
    event_type: str | None
    event_id: str | None
    month: Identifier
    kept_partition: int
    """Where the content is in the dead-letter topic."""
    kept_offset: int


class DeadLetterShown(DeadLetterEvent):
    """Somebody has read the content."""

    by: str
    reason: str


class DeadLetterSettled(DeadLetterEvent):
    """Somebody has sent the record back to where it came from, or put it aside for good."""

    how: Literal["replayed", "discarded"]
    by: str
    reason: str
    again: bool
    """Whether it had been settled before."""


DEAD_LETTER_EVENTS = (DeadLettersOpened, DeadLetterKept, DeadLetterShown, DeadLetterSettled)
