"""How far the ledger has been applied to the vault, told to all who may only serve after that."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.retention.adapters.ledger import ErasureLedger
from shared.ledger_mark import LedgerMark
from shared.restoration import Restorations


class AppliedLedger:
    """Moves the mark of what has been applied; never past an entry whose keys are still there."""

    def __init__(self, ledger: ErasureLedger, restorations: Restorations) -> None:
        self._ledger = ledger
        self._restorations = restorations
        self._before: dict[str, LedgerMark] = {}
        self._writing = asyncio.Lock()

    @asynccontextmanager
    async def applying(self, case_id: str) -> AsyncIterator[None]:
        """Enter a case's scopes in the ledger and destroy their keys within; then the mark moves.

        After a failure it stays behind what was entered, until the case is tried again.
        """
        self._before.setdefault(case_id, await asyncio.to_thread(self._ledger.mark))
        yield
        self._before.pop(case_id, None)
        await self.tell()

    async def tell(self) -> None:
        """Write down how far everything has been applied."""
        async with self._writing:
            under_way = sorted(self._before.values(), key=lambda mark: mark.size)
            mark = under_way[0] if under_way else await asyncio.to_thread(self._ledger.mark)
            await self._restorations.mark_applied(mark)
