"""What a read model is, and folding events into one document of it: nothing is stored here."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from shared import telemetry
from shared.consuming.envelope import Envelope, Record
from shared.database import Document, IndexModel

log = telemetry.logger(__name__)


class Projection(ABC):
    """A read model and the pure fold that makes it."""

    name: ClassVar[str]
    """Collection of the read model."""
    version: ClassVar[int] = 1
    """Raised when the fold or its documents change: the read model is then made anew."""
    topics: ClassVar[tuple[str, ...]]
    indexes: ClassVar[tuple[IndexModel, ...]] = ()
    beside: ClassVar[tuple[str, ...]] = ()
    """Fields that other parts of the service keep in the documents; made again after a rebuild."""

    @abstractmethod
    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Return the ids of the documents that `envelope` concerns; none to ignore it."""

    @abstractmethod
    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the document after `envelope`; pure, without mutating its input.

        `None` deletes the document for good, or leaves things as they are where there is none.
        """


class BatchProjection(Projection):
    """A projection that folds many events of one document for little more than one."""

    @abstractmethod
    def fold_all(self, document: Document | None, envelopes: Sequence[Envelope]) -> Document:
        """Return what `fold` would, applied to `envelopes` in turn; such a one never deletes."""


@dataclass(frozen=True, slots=True)
class Folding:
    """How folding some events into one document went."""

    body: Document | None
    deleted: bool
    failures: list[tuple[Record, str]]


def fold_each(
    projection: Projection,
    body: Document | None,
    events: Sequence[tuple[Envelope, Record]],
    *,
    after_each: Callable[[Document | None], object] = lambda _: None,
) -> Folding:
    """Fold `events` in turn, leaving out those that fail or after which `after_each` does."""
    failures = []
    for envelope, record in events:
        try:
            folded = projection.fold(body, envelope)
            after_each(folded)
        except Exception as error:
            log.exception("fold failed", projection=projection.name)
            failures.append((record, type(error).__name__))
            continue
        if folded is None and body is not None:
            return Folding(None, deleted=True, failures=failures)
        body = folded
    return Folding(body, deleted=False, failures=failures)


def fresh_among(
    events: Sequence[tuple[Envelope, Record]], seen: dict[str, int]
) -> list[tuple[Envelope, Record]]:
    """Return those of `events` that come after what has been `seen`, which they are added to."""
    fresh = []
    for envelope, record in events:
        stream = f"{envelope.source}:{envelope.stream}"
        if envelope.sequence > seen.get(stream, 0):
            seen[stream] = envelope.sequence
            fresh.append((envelope, record))
    return fresh
