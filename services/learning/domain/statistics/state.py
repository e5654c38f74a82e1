"""What a module's statistics amount to for the rules: nothing has to be remembered."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StatisticsState:
    """Contributions are independent of one another, so there is nothing to know."""
