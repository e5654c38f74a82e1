"""What a chaos run leaves behind: the clients' history, and the state when all is quiet again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Documents = Mapping[str, Mapping[str, Any]]
"""The documents of a read model, by id."""


class Outcome(StrEnum):
    """What a client knows about its command."""

    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """No answer, or one that tells nothing: it may have been carried out or not."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One acknowledgement, as the service gave it."""

    version: int
    event_ids: tuple[str, ...]


@dataclass(slots=True)
class Operation:
    """One command of a client, with all its attempts under one idempotency key."""

    command_id: str
    stream: str
    invoked: float
    """Monotonic seconds before the first attempt."""
    completed: float | None = None
    """Monotonic seconds after the first acknowledgement."""
    outcome: Outcome = Outcome.UNKNOWN
    answers: list[Answer] = field(default_factory=list)
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class StoredCommit:
    """One commit as it stands in a service's store."""

    service: str
    stream: str
    version: int
    """Version of its first event."""
    command_id: str | None
    event_ids: tuple[str, ...]
    published: tuple[str, ...]
    """Ids of those events that have a public form."""


@dataclass(frozen=True, slots=True)
class TopicRecord:
    """One record as it stands on a service's topic."""

    service: str
    partition: int
    offset: int
    event_id: str
    stream: str
    sequence: int


@dataclass(frozen=True, slots=True)
class ReadModelState:
    """A read model as it serves, made anew, and as the stores imply it."""

    name: str
    serving: Documents
    rebuilt: Documents
    implied: Documents
    """Fields computed from the stores alone, without any code of the product's consumers."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that the checker judges."""

    operations: Sequence[Operation]
    commits: Sequence[StoredCommit]
    records: Sequence[TopicRecord]
    read_models: Sequence[ReadModelState]
    causes: Sequence[str]
    """Ids of the events that the reaction is to answer, once each."""
    effects: Sequence[str]
    """For each effect of the reaction in the store, the id of the event it answers."""
    unsettled: Sequence[str] = ()
    """What was still not at rest long after the last fault."""
