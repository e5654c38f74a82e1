"""Before anything is served: what the ledger says is forgotten is forgotten here too."""

import asyncio
from typing import Final

from services.retention.adapters.ledger import ErasureLedger
from services.retention.application.forget import key_of
from shared import telemetry
from shared.vault import Vault

BATCH: Final = 500

log = telemetry.logger(__name__)


async def reapply(ledger: ErasureLedger, vault: Vault) -> int:
    """Do again what the ledger says last of each key and the vault does not, as after a restore.

    Returns:
        How many keys a restore had brought back.

    Raises:
        LedgerTamperedError: the ledger cannot be trusted, so nothing may be served.
    """
    await asyncio.to_thread(ledger.open)
    standing = ledger.standing()
    revived = 0
    for start in range(0, len(standing), BATCH):
        batch = {key_of(entry): entry for entry in standing[start : start + BATCH]}
        destroyed = [key_id for key_id, entry in batch.items() if entry.act == "destroyed"]
        disabled = [key_id for key_id, entry in batch.items() if entry.act == "disabled"]
        back = await vault.unforgotten(*destroyed)
        closed = await vault.closed(*disabled)
        opened = [key_id for key_id in disabled if key_id not in closed]
        if back:
            await vault.destroy(*back)
        if opened:
            await vault.disable(*opened)
        revived += len(back) + len(opened)
    if revived:
        log.warning("keys that a restore had brought back are closed again", keys=revived)
    return revived
