"""What the history of the register amounts to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from shared.processors.adequacy import Adequacy
from shared.processors.ends import DaysAhead, End, days_ahead, ends
from shared.processors.model import ProcessorTerms
from shared.processors.rules import ends_soon, refusals


@dataclass(frozen=True, slots=True)
class Processor:
    """A processor as it was last agreed with."""

    processor_id: str
    terms: ProcessorTerms
    since: datetime
    changed_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProcessorBook:
    """Every processor there ever was, in the order of their first declaration."""

    processors: Mapping[str, Processor] = field(default_factory=dict)
    reminded: Mapping[tuple[str, End], DaysAhead] = field(default_factory=dict)
    """The last notice before each end, by processor."""

    def current(self) -> Iterator[Processor]:
        """Yield the processors that work for the controller."""
        return (one for one in self.processors.values() if one.ended_at is None)

    def to_remind(
        self, day: date, adequacy: Adequacy
    ) -> Iterator[tuple[Processor, End, DaysAhead]]:
        """Yield what ends soon after `day` and was not told so near to its end yet."""
        for one in self.current():
            for end in ends(one.terms, adequacy):
                due = days_ahead(end.until, day)
                told = self.reminded.get((one.processor_id, end))
                if due is not None and (told is None or due < told):
                    yield one, end, due

    def any_refused(self, day: date, adequacy: Adequacy) -> bool:
        """Whether some flow that was agreed is refused on `day`."""
        return any(any(refusals(one.terms, day, adequacy)) for one in self.current())

    def any_ends_soon(self, day: date, adequacy: Adequacy) -> bool:
        """Whether something runs out soon after `day`, and is to be renewed."""
        return any(ends_soon(one.terms, day, adequacy) for one in self.current())
