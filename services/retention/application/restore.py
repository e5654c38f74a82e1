"""Before anything is served: what the ledger says is forgotten is forgotten here too."""

import asyncio
from itertools import groupby
from typing import Final

from services.retention.adapters.ledger import ErasureLedger
from services.retention.application.case_opening import CaseOpener
from services.retention.application.forget import key_of
from shared import telemetry
from shared.personal import Category
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
        # An older copy may have them disabled still, before a hold came.
        await vault.enable(*(key for key, entry in batch.items() if entry.act == "enabled"))
        revived += len(back) + len(opened)
    if revived:
        log.warning("keys that a restore had brought back are closed again", keys=revived)
    return revived


async def lost_cases(ledger: ErasureLedger, cases: CaseOpener, *, after: int = 0) -> int:
    """Open again every case of the ledger that the stores have lost; return how many there were.

    The keys are closed already. What is left to do is what the services do besides: rows, indexes,
    counts; destroying what is only disabled; and a certificate. Cases that were under way when the
    stores were copied go on alone.

    Args:
        ledger: the ledger, open.
        cases: what opens cases.
        after: only cases of which there is an entry after this sequence.
    """
    # What was searched for goes with a case and is nothing that the case was about.
    standing = [
        entry
        for entry in ledger.standing()
        if entry.act != "enabled" and entry.category != Category.CANARIES
    ]
    concerned = {entry.case_id for entry in standing if entry.sequence > after}
    standing = [entry for entry in standing if entry.case_id in concerned]
    standing.sort(key=lambda entry: (entry.case_id, entry.sequence))
    opened = 0
    for case_id, of_case in groupby(standing, key=lambda entry: entry.case_id):
        opened += await cases.open_lost(case_id, list(of_case))
    if opened:
        log.warning("cases that a restore had lost are carried out again", cases=opened)
    return opened
