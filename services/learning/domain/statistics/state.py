"""What a module's statistics amount to for the rules: nothing has to be remembered."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StatisticsState:
    """Releases are told apart by their command ids, so there is nothing to know."""
