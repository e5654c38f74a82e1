"""Disabling and destroying keys, and making sure of it."""

import asyncio
from collections.abc import Sequence
from typing import Final

from services.retention.adapters.ledger import Act, Entry, ErasureLedger
from services.retention.application.applied import AppliedLedger
from services.retention.domain.erasure.state import Case
from shared.clock import Clock
from shared.events.erasure import KeyScope
from shared.personal import Category
from shared.searching.canaries import CanaryStore
from shared.searching.canaries import key_of as canaries_of
from shared.vault import KeyClosedError, KeyId, UnheldCategoryError, Vault

GUARDED_AT_ONCE: Final = 20_000
"""How many lines of the ledger one round compares with the vault."""
BATCH: Final = 500


class Forgetter:
    """The one place that disables and destroys keys. Everything here may be repeated."""

    def __init__(
        self,
        vault: Vault,
        ledger: ErasureLedger,
        clock: Clock,
        applied: AppliedLedger,
        canaries: CanaryStore,
    ) -> None:
        self._vault = vault
        self._canaries = canaries
        self._ledger = ledger
        self._clock = clock
        self._applied = applied
        self._lock = asyncio.Lock()
        self._under_way: set[KeyId] = set()
        self._guarded = 0

    async def disable(self, case: Case) -> tuple[str, ...]:
        """Enter the scopes in the ledger, then disable their keys; return the entries' hashes."""
        async with self._applied.applying(_case_id(case)):
            entries = await self._enter(case, case.undestroyed, "disabled")
            await self._vault.disable(*_ids(case, case.undestroyed))
        return entries

    async def enable(self, case: Case, scopes: Sequence[KeyScope]) -> None:
        """Make `scopes` readable again, which a hold keeps from going."""
        async with self._applied.applying(_case_id(case)):
            await self._enter(case, scopes, "enabled")
            await self._vault.enable(*_ids(case, scopes))

    async def destroy(self, case: Case) -> tuple[str, ...]:
        """Enter the scopes in the ledger, then destroy their keys; return the entries' hashes."""
        ids = _ids(case, case.undestroyed)
        self._under_way.update(ids)
        try:
            async with self._applied.applying(_case_id(case)):
                entries = await self._enter(case, case.undestroyed, "destroyed")
                await self._vault.destroy(*ids)
        finally:
            self._under_way.difference_update(ids)
        return entries

    async def stand_guard(self) -> list[Entry]:
        """Compare the next lines of the ledger with the vault, as it should have stayed.

        Destroyed keys that are back, or have lost their tombstone, are destroyed again and
        returned: somebody has written into the vault, or restored a part of it. They opened
        nothing meanwhile as long as their tombstones stood.
        """
        returned = []
        round_of = self._ledger.standing(self._guarded, GUARDED_AT_ONCE)
        destroyed = [
            entry
            for entry in round_of
            if entry.act == "destroyed" and key_of(entry) not in self._under_way
        ]
        for start in range(0, len(destroyed), BATCH):
            batch = {key_of(entry): entry for entry in destroyed[start : start + BATCH]}
            back = await self._vault.unforgotten(*batch)
            if back:
                await self._vault.destroy(*back)
                returned += [batch[key_id] for key_id in back]
        self._guarded += GUARDED_AT_ONCE
        if self._guarded >= len(self._ledger):
            self._guarded = 0
        return returned

    async def forget_canaries(self, case: Case) -> None:
        """Destroy the key of what was searched for, entered in the ledger, and delete it."""
        if case.plan is None:
            return
        case_id = case.plan.case_id
        key_id = canaries_of(case_id)
        scopes = [(str(key_id.category), key_id.object)]
        self._under_way.add(key_id)
        try:
            async with self._applied.applying(case_id):
                await self._record(case_id, key_id.subject, scopes, "destroyed")
                await self._vault.destroy(key_id)
        finally:
            self._under_way.discard(key_id)
        await self._canaries.forget(case_id)

    async def readable(self, case: Case) -> tuple[KeyScope, ...]:
        """Return the scopes that could still be read or written: there must be none.

        This service holds no category key, so it cannot decrypt; it asks the vault for the key
        itself: the tombstone must stand, no key may be there, and none may be given out again.
        """
        by_id = dict(zip(_ids(case, case.scopes), case.scopes, strict=True))
        left = set(await self._vault.unforgotten(*by_id))
        readable = []
        for key_id, scope in by_id.items():
            if key_id in left or await self._gives_out(key_id):
                readable.append(scope)
        return tuple(readable)

    async def _enter(self, case: Case, scopes: Sequence[KeyScope], act: Act) -> tuple[str, ...]:
        if case.plan is None:
            return ()
        entered = [(str(scope.category), scope.object) for scope in scopes]
        return await self._record(case.plan.case_id, case.plan.subject_id, entered, act)

    async def _record(
        self, case_id: str, subject: str, scopes: Sequence[tuple[str, str]], act: Act
    ) -> tuple[str, ...]:
        async with self._lock:
            hashes = await asyncio.to_thread(
                self._ledger.record, case_id, subject, scopes, self._clock.now(), act
            )
        return tuple(hashes)

    async def _gives_out(self, key_id: KeyId) -> bool:
        try:
            await self._vault.seal("", key_id=key_id, field="probe")
        except KeyClosedError:
            return False
        except UnheldCategoryError:
            # The vault tried to make a new key: the scope is not closed.
            return True
        return True


def key_of(entry: Entry) -> KeyId:
    """Return the key that `entry` tells of."""
    return KeyId(entry.subject, Category(entry.category), entry.object)


def _case_id(case: Case) -> str:
    return case.plan.case_id if case.plan is not None else ""


def _ids(case: Case, scopes: Sequence[KeyScope]) -> list[KeyId]:
    if case.plan is None:
        return []
    return [KeyId(case.plan.subject_id, scope.category, scope.object) for scope in scopes]
