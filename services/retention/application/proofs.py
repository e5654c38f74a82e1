"""Whether ledger, certificates and destroyed keys tell the same story."""

import asyncio

from pydantic import BaseModel

from services.retention.adapters.certificate_key import CertificateKey
from services.retention.adapters.ledger import ErasureLedger, LedgerTamperedError
from services.retention.application.case_streams import CaseStreams
from services.retention.domain.erasure.events import CaseCertified
from services.retention.domain.errors import CaseNotFoundError
from shared.consuming.read_model import ReadModel
from shared.vault import Vault


class LedgerChecked(BaseModel):
    """What was found when the ledger was read again."""

    entries: int
    defect: str | None = None
    """The first line that is not what was written."""
    destroyed_keys: int = 0
    unlisted_keys: int = 0
    """Destroyed keys that no entry tells of: entries have been removed. There should be none."""


class CertificatesChecked(BaseModel):
    """What was found in some certificates."""

    checked: int
    total: int
    after: str | None
    """Where to go on; `None` at the end."""
    not_genuine: list[str] = []
    """Certificates that are not as they were signed. There should be none."""
    not_in_ledger: list[str] = []
    """Certificates of which the ledger has not every entry as certified. There should be none."""


class Proofs:
    """Compares what was written down about erasures in three places."""

    def __init__(
        self,
        cases: CaseStreams,
        case_list: ReadModel,
        ledger: ErasureLedger,
        key: CertificateKey,
        vault: Vault,
    ) -> None:
        self._cases = cases
        self._case_list = case_list
        self._ledger = ledger
        self._key = key
        self._vault = vault

    async def check_ledger(self) -> LedgerChecked:
        """Read the ledger again; look for its entry of each destroyed key."""
        try:
            entries = await asyncio.to_thread(self._ledger.check)
        except LedgerTamperedError as error:
            return LedgerChecked(entries=0, defect=str(error))
        destroyed = unlisted = 0
        async for key_id in self._vault.destroyed_keys():
            destroyed += 1
            unlisted += not self._ledger.covers((key_id.subject, key_id.category, key_id.object))
        return LedgerChecked(entries=entries, destroyed_keys=destroyed, unlisted_keys=unlisted)

    async def check_certificates(self, *, after: str, limit: int) -> CertificatesChecked:
        """Check `limit` certificates whose ids follow `after`."""
        query = {"state": "certified"}
        found = await self._case_list.find({**query, "_id": {"$gt": after}}, limit=limit)
        result = CertificatesChecked(
            checked=len(found),
            total=await self._case_list.count(query),
            after=found[-1]["_id"] if len(found) == limit else None,
        )
        for one in found:
            certified = await self._certificate(one["_id"])
            if certified is None or not self._key.is_genuine(
                certified.certificate, certified.signature
            ):
                result.not_genuine.append(one["_id"])
            elif not self._is_entered(certified):
                result.not_in_ledger.append(one["_id"])
        return result

    async def _certificate(self, case_id: str) -> CaseCertified | None:
        try:
            return await self._cases.certificate(case_id)
        except CaseNotFoundError:
            return None

    def _is_entered(self, certified: CaseCertified) -> bool:
        certificate = certified.certificate
        subject = certificate["subject_id"]
        return all(
            self._ledger.has((subject, scope["category"], scope["object"]), digest)
            for scope, digest in zip(certificate["scopes"], certificate["ledger"], strict=True)
        )
