"""How many answers with personal values each person signed in has had: what scraping shows in.

Each process counts its own in memory. Of who got many, and only of them, an event is told every few
minutes: normal use leaves no trace here. What a process had counted is lost with it.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from shared.clock import Clock
from shared.event_store import EventStore, Metadata
from shared.events.base import SubjectId
from shared.events.reading import AnswersCounted
from shared.ids import new_id
from shared.scheduling import Schedule

EVERY: Final = timedelta(minutes=5)
MANY: Final = 50
"""In so long; fewer are nobody's business."""


class Holder(NamedTuple):
    """Who is answered."""

    subject: str
    role: str


class AnswerCounter:
    """Counts, and tells."""

    def __init__(self, service: str, store: EventStore, clock: Clock) -> None:
        self._service = service
        self._store = store
        self._clock = clock
        self._counts: Counter[Holder] = Counter()
        self._since: datetime | None = None

    def note(self, holder: Holder) -> None:
        """Count one answer with personal values."""
        if self._since is None:
            self._since = self._clock.now()
        self._counts[holder] += 1

    async def tell(self) -> Mapping[str, int]:
        """Record who got many answers since this was last done; return how many those were."""
        counts, since = self._counts, self._since
        self._counts, self._since = Counter(), None
        many = [(holder, count) for holder, count in sorted(counts.items()) if count >= MANY]
        if since is not None:
            until = self._clock.now()
            await asyncio.gather(*(self._append(*one, since, until) for one in many))
        return {"many": len(many)}

    def schedule(self) -> Schedule:
        """Return when that is done."""
        return Schedule("answers", EVERY, self.tell)

    async def _append(self, holder: Holder, count: int, since: datetime, until: datetime) -> None:
        counted = AnswersCounted(
            subject_id=SubjectId(holder.subject),
            service=self._service,
            role=holder.role,
            answers=count,
            since=since,
            until=until,
        )
        stream = f"answers-{new_id()}"
        meta = Metadata.system("answers")
        await self._store.append(stream, 0, [counted], subject=counted.subject_id, meta=meta)
