"""Before anything is served: what the ledger says is forgotten is forgotten here too."""

import asyncio
from typing import Final

from services.retention.adapters.ledger import Entry, ErasureLedger
from shared import telemetry
from shared.personal import Category
from shared.vault import KeyId, Vault

AT_ONCE: Final = 50

log = telemetry.logger(__name__)


async def reapply(ledger: ErasureLedger, vault: Vault) -> int:
    """Destroy again every key that the ledger lists and the vault still has, as after a restore.

    Returns:
        How many keys a restore had brought back.

    Raises:
        LedgerTamperedError: the ledger cannot be trusted, so nothing may be served.
    """
    await asyncio.to_thread(ledger.open)
    entries = ledger.entries()
    revived = 0
    for start in range(0, len(entries), AT_ONCE):
        batch = entries[start : start + AT_ONCE]
        revived += sum(await asyncio.gather(*(_forget(entry, vault) for entry in batch)))
    if revived:
        log.warning("keys that a restore had brought back are destroyed again", keys=revived)
    return revived


async def _forget(entry: Entry, vault: Vault) -> bool:
    key_id = KeyId(entry.subject, Category(entry.category), entry.object)
    if await vault.is_destroyed(key_id):
        return False
    await vault.destroy(key_id)
    return True
