"""Looking after what was destroyed: that it stays so."""

from services.retention.application.forget import Forgetter
from services.retention.application.watch import Watch


class Guard:
    """Compares the ledger with the vault, a part of it in each round."""

    def __init__(self, forgetter: Forgetter, watch: Watch) -> None:
        self._forgetter = forgetter
        self._watch = watch

    async def run(self) -> int:
        """Destroy again what has come back, tell the officer, and return how many keys had."""
        returned = await self._forgetter.stand_guard()
        for entry in returned:
            await self._watch.alarm("destroyed_key_returned", entry.subject, case_id=entry.case_id)
        return len(returned)
