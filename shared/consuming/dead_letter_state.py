"""What is known about one dead letter, from its stream. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from shared.event_store import RecordedEvent
from shared.events.dead_letters import DeadLetterKept, DeadLetterSettled, DeadLetterShown

State = Literal["waiting", "replayed", "discarded"]


class AlreadySettledError(Exception):
    """The letter has been replayed or discarded; doing so once more has to be asked for."""


class DeadLetterAct(BaseModel):
    """What somebody did with a letter."""

    what: Literal["shown", "replayed", "discarded"]
    by: str
    reason: str
    at: datetime


class DeadLetterAttempt(BaseModel):
    """One try that failed."""

    at: datetime
    defect: str


class DeadLetter(BaseModel):
    """One record that could not be processed; its content is not in it."""

    id: str
    state: State
    event_type: str | None
    event_id: str | None
    reason: str
    consumer: str
    origin: str
    """`<topic>/<partition>/<offset>` where it failed."""
    tries: int
    attempts: list[DeadLetterAttempt]
    kept_at: datetime
    month: str
    place: str
    """`<partition>/<offset>` of the content in the dead-letter topic."""
    acts: list[DeadLetterAct]
    version: int
    """Of its stream."""


def letter_of(stream: Sequence[RecordedEvent]) -> DeadLetter | None:
    """Return the letter that `stream` tells of, or `None` for an empty one."""
    letter: DeadLetter | None = None
    for record in stream:
        match record.event:
            case DeadLetterKept() as event:
                letter = _kept(event, record)
            case DeadLetterShown(by=by, reason=reason) if letter is not None:
                act = DeadLetterAct(what="shown", by=by, reason=reason, at=record.at)
                letter = _acted(letter, act, record)
            case DeadLetterSettled(how=how, by=by, reason=reason) if letter is not None:
                act = DeadLetterAct(what=how, by=by, reason=reason, at=record.at)
                letter = _acted(letter, act, record).model_copy(update={"state": how})
            case _:
                pass
    return letter


def require_waiting(letter: DeadLetter, *, again: bool) -> None:
    """Check that `letter` may be settled; `again` allows what has been settled before.

    Raises:
        AlreadySettledError: it has been, and `again` was not said.
    """
    if letter.state != "waiting" and not again:
        raise AlreadySettledError


def _kept(event: DeadLetterKept, record: RecordedEvent) -> DeadLetter:
    return DeadLetter(
        id=event.letter_id,
        state="waiting",
        event_type=event.event_type,
        event_id=event.event_id,
        reason=event.reason,
        consumer=event.consumer,
        origin=f"{event.topic}/{event.partition}/{event.offset}",
        tries=event.tries,
        attempts=[
            DeadLetterAttempt(at=datetime.fromisoformat(at), defect=defect)
            for at, defect in event.attempts
        ],
        kept_at=record.at,
        month=event.month,
        place=f"{event.kept_partition}/{event.kept_offset}",
        acts=[],
        version=record.version,
    )


def _acted(letter: DeadLetter, act: DeadLetterAct, record: RecordedEvent) -> DeadLetter:
    return letter.model_copy(update={"acts": [*letter.acts, act], "version": record.version})
