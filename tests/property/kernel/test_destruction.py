"""A vault on the real database agrees with a dictionary, whatever is written into it."""

import asyncio
import uuid
from typing import Final

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from shared.clock import SystemClock
from shared.database import Document, MongoClient
from shared.personal import WHOLE, Category, Personal, Sealed
from shared.vault import (
    DataKeys,
    KeyClosedError,
    KeyId,
    KeyringEncryption,
    KeyState,
    Vault,
    load_keyring,
)
from tests.engines import Engines

KEYS: Final = tuple(KeyId(f"subject-{n}", Category.CONTACT, WHOLE) for n in range(2))
PROCESSES: Final = 3

keys = st.sampled_from(KEYS)
processes = st.integers(0, PROCESSES - 1)


class VaultMachine(RuleBasedStateMachine):
    """Several processes seal, disable, enable and destroy, and older states are written back."""

    def __init__(self, engines: Engines) -> None:
        super().__init__()
        wanted = engines.settings(f"v{uuid.uuid4().hex[:10]}-")
        self._loop = asyncio.Runner()
        self.run = self._loop.run
        keyring = load_keyring(wanted.keyring_file("identity"))
        self._client = MongoClient(wanted.mongodb_uri, wanted.namespace)
        database = self._client.database("vault")
        self._documents = database.collection("keys")
        self.vaults = [
            Vault(DataKeys(database, KeyringEncryption(keyring), SystemClock()), keyring)
            for _ in range(PROCESSES)
        ]
        self.states = dict.fromkeys(KEYS, KeyState.ACTIVE)
        self.sealed: dict[KeyId, list[Sealed]] = {key_id: [] for key_id in KEYS}
        self.older: list[Document] = []

    @initialize()
    def use(self) -> None:
        for key_id in KEYS:
            self.seal(key_id, 0)
        self.remember()

    @rule(key_id=keys, process=processes)
    def seal(self, key_id: KeyId, process: int) -> None:
        self._heard()
        sealing = self.vaults[process].seal("canary", key_id=key_id, field="email")
        if self.states[key_id] is KeyState.ACTIVE:
            self.sealed[key_id].append(self.run(sealing))
        else:
            with pytest.raises(KeyClosedError):
                self.run(sealing)

    @rule(ids=st.sets(keys, min_size=1), process=processes)
    def disable(self, ids: set[KeyId], process: int) -> None:
        self.run(self.vaults[process].disable(*ids))
        for key_id in ids:
            if self.states[key_id] is KeyState.ACTIVE:
                self.states[key_id] = KeyState.DISABLED

    @rule(ids=st.sets(keys, min_size=1), process=processes)
    def enable(self, ids: set[KeyId], process: int) -> None:
        self.run(self.vaults[process].enable(*ids))
        for key_id in ids:
            if self.states[key_id] is KeyState.DISABLED:
                self.states[key_id] = KeyState.ACTIVE

    @rule(ids=st.sets(keys, min_size=1), process=processes)
    def destroy(self, ids: set[KeyId], process: int) -> None:
        self.run(self.vaults[process].destroy(*ids))
        self.states.update(dict.fromkeys(ids, KeyState.DESTROYED))

    @rule()
    def remember(self) -> None:
        """Somebody makes a copy of all keys there are."""
        self.run(self._remember())

    async def _remember(self) -> None:
        self.older = await self._documents.find({}).to_list(None) or self.older

    @rule()
    def write_back(self) -> None:
        """Somebody writes the same bytes back."""
        self.run(self._write_back())

    async def _write_back(self) -> None:
        await self._documents.delete_many({})
        if self.older:
            await self._documents.insert_many(self.older)

    @invariant()
    def what_is_active_opens_and_nothing_else(self) -> None:
        self._heard()
        for key_id, values in self.sealed.items():
            for number, sealed in enumerate(values[-2:]):
                value: Personal[str] = Personal(sealed)
                opened = self.run(self.vaults[number].open(value))
                assert opened.is_erased == (self.states[key_id] is not KeyState.ACTIVE)

    def _heard(self) -> None:
        """Every process has heard the news."""
        for vault in self.vaults:
            vault.drop_all()

    def teardown(self) -> None:
        self._client.close()
        self._loop.close()


@pytest.mark.promise("C8.4")
def test_the_vault_forgets_whatever_is_written_into_it(engines: Engines) -> None:
    class OnTheseEngines(VaultMachine):
        def __init__(self) -> None:
            super().__init__(engines)

    run_state_machine_as_test(
        OnTheseEngines,
        settings=settings(max_examples=25, stateful_step_count=15, deadline=None),
    )
