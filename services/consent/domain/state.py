"""What a person's decisions amount to."""

from dataclasses import dataclass

from shared.events.consent import ObjectionPurpose, Purpose


@dataclass(frozen=True, slots=True)
class Decisions:
    """The purposes agreed to and objected to; nothing is agreed to by default."""

    granted: frozenset[Purpose] = frozenset()
    objected: frozenset[ObjectionPurpose] = frozenset()


NOTHING_DECIDED = Decisions()
