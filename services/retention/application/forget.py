"""Destroying keys and making sure of it."""

import asyncio

from services.retention.adapters.ledger import ErasureLedger
from services.retention.domain.erasure.state import Case
from shared.clock import Clock
from shared.events.erasure import KeyScope
from shared.vault import KeyDestroyedError, KeyId, UnheldCategoryError, Vault


class Forgetter:
    """The one place that destroys keys. Everything here may be repeated."""

    def __init__(self, vault: Vault, ledger: ErasureLedger, clock: Clock) -> None:
        self._vault = vault
        self._ledger = ledger
        self._clock = clock
        self._lock = asyncio.Lock()

    async def destroy(self, case: Case) -> tuple[str, ...]:
        """Enter the scopes in the ledger, then destroy their keys; return the entries' hashes."""
        if case.plan is None:
            return ()
        subject, case_id = case.plan.subject_id, case.plan.case_id
        scopes = [(str(scope.category), scope.object) for scope in case.undestroyed]
        async with self._lock:
            entries = await asyncio.to_thread(
                self._ledger.record, case_id, subject, scopes, self._clock.now()
            )
        for scope in case.undestroyed:
            await self._vault.destroy(KeyId(subject, scope.category, scope.object))
        return tuple(entries)

    async def readable(self, case: Case) -> tuple[KeyScope, ...]:
        """Return the scopes that could still be read or written: there must be none.

        This service holds no category key, so it cannot decrypt; it asks the vault for the key
        itself: the tombstone must stand, no key may be live, and none may be given out again.
        """
        if case.plan is None:
            return ()
        subject = case.plan.subject_id
        live = set(await self._vault.live_keys(subject))
        readable = []
        for scope in case.scopes:
            key_id = KeyId(subject, scope.category, scope.object)
            gone = await self._vault.is_destroyed(key_id)
            if not gone or key_id in live or await self._gives_out(key_id):
                readable.append(scope)
        return tuple(readable)

    async def _gives_out(self, key_id: KeyId) -> bool:
        try:
            await self._vault.seal("", key_id=key_id, field="probe")
        except KeyDestroyedError:
            return False
        except UnheldCategoryError:
            # The vault tried to make a new key: the scope is not closed.
            return True
        return True
