"""What the use cases need from the outside, apart from the kernel."""

from collections.abc import Callable, Sequence
from typing import Protocol

from services.learning.domain.statistics.pool import Pool


class NextNumbers(Protocol):
    """Where to start looking for a free invoice number."""

    async def first_to_try(self, year: int) -> int:
        """Return a sequence number of `year` below which every one is taken."""
        ...

    async def taken(self, year: int, sequence: int) -> None:
        """Remember that `sequence` is taken."""
        ...


class Pools(Protocol):
    """The pools of the statistics, one a module."""

    async def modules(self) -> Sequence[str]:
        """Return the modules that anything was ever contributed to."""
        ...

    async def change(self, module_id: str, change: Callable[[Pool], Pool]) -> Pool:
        """Put `change` of the module's pool in its place, atomically, and return it."""
        ...
