"""What the use cases need from the outside, apart from the kernel."""

from typing import Protocol


class NextNumbers(Protocol):
    """Where to start looking for a free invoice number."""

    async def first_to_try(self, year: int) -> int:
        """Return a sequence number of `year` below which every one is taken."""
        ...

    async def taken(self, year: int, sequence: int) -> None:
        """Remember that `sequence` is taken."""
        ...
