"""Rotating key-encryption keys while everything runs, killed in the middle, and run again."""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.cli.client import Operator
from deploy.cli.main import app
from deploy.cli.settings import SystemSettings
from deploy.cli.system import service_process
from deploy.docs.configuration import variables
from shared.clock import SystemClock
from shared.database import MongoClient
from shared.engines import Supervisor
from shared.events.base import SubjectId
from shared.forking import ForkedProcess
from shared.personal import Category
from shared.vault import DataKeys, KeyId, KeyState, KeysUnavailableError, load_keyring
from shared.vault.data_keys import COLLECTION
from shared.vault.keyring_encryption import KeyringEncryption
from shared.vault.keyring_files import KeyringFiles
from shared.vault.rotation import KeyRotation
from shared.vault.wrapping import Wrapped
from tests.engines import Engines
from tests.forks import forks, started
from tests.integration.kernel.conftest import META, Running, run_sample
from tests.integration.kernel.sample import Registered, Renamed
from tests.waiting import eventually

DATA_KEYS = 1_000
NAMES = "civil_identity"


@pytest.fixture
def settings(engines: Engines, namespace: str, tmp_path: Path) -> SystemSettings:
    """A system with keys of its own, so that rotating them concerns nobody else."""
    shutil.copytree(engines.data_dir / "secrets", tmp_path / "secrets")
    return engines.system_settings(namespace, data_dir=tmp_path)


@pytest.fixture
async def vault(settings: SystemSettings) -> AsyncIterator[MongoClient]:
    """A connection to the system's databases."""
    client = MongoClient(settings.mongodb, settings.namespace)
    yield client
    client.close()


class Command:
    """`carionexiq keys …` as a process."""

    def __init__(self, settings: SystemSettings) -> None:
        given = settings.model_dump(mode="json", include=settings.model_fields_set)
        names = variables(SystemSettings)
        self._environment = {names[name]: str(value) for name, value in given.items() if value}

    def start(self, *arguments: str) -> ForkedProcess:
        """Start it."""
        environment = {**os.environ, **self._environment}
        return started("deploy.cli.main", "keys", *arguments, environment=environment)

    async def run(self, *arguments: str) -> str:
        """Run it in this process to its end, which must be a good one; return what it says."""
        runner = CliRunner(env={**self._environment, "COLUMNS": "120"})
        done = await asyncio.to_thread(runner.invoke, app, ["keys", *arguments])
        assert done.exit_code == 0, done.output
        return done.output


async def test_keys_are_rotated_while_events_are_appended_and_read_and_the_command_is_killed(
    settings: SystemSettings, vault: MongoClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data_keys = vault.database("vault").collection(COLLECTION)
    command = Command(settings)
    retention = service_process(settings, "retention")
    with Supervisor(tmp_path / "run", [[retention]], fork_server=forks()):
        async with run_sample(settings.as_seen_by_services(), monkeypatch) as service:
            await _many_keys(service)
            before = {d["_id"]: d["wrapped"] async for d in data_keys.find({"category": NAMES})}
            old_keyring = load_keyring(settings.keyring_file("identity"))
            stop = asyncio.Event()
            traffic = asyncio.create_task(_append_and_read(service, stop))

            killed = command.start("rotate", NAMES, "--yes")

            async def begun() -> bool:
                return await data_keys.find_one({"wrapped_under": f"{NAMES}/2"}) is not None

            await eventually(begun)
            destroyed = KeyId("many-0", Category.CIVIL_IDENTITY, "-")
            await service.vault.destroy(destroyed)
            os.kill(killed.pid, signal.SIGKILL)
            assert killed.wait(10) == -signal.SIGKILL
            left = await data_keys.count_documents({"wrapped_under": f"{NAMES}/1"})
            assert left, "the rotation was over before it was killed"
            assert f"carionexiq keys rotate {NAMES}" in await command.run("list")

            said = await command.run("rotate", NAMES, "--yes")
            assert "version 1 is destroyed" in said
            stop.set()
            subjects = await traffic
            assert len(subjects) > 5
            await service.vault.destroy(KeyId(subjects[0], Category.CIVIL_IDENTITY, "-"))
            await _all_readable(service, subjects[1:])

        # A process that starts now, with what is in the files now, opens everything that lives.
        keyring = load_keyring(settings.keyring_file("identity"))
        fresh = DataKeys(vault.database("vault"), KeyringEncryption(keyring), SystemClock())
        alive = [KeyId.parse(text) for text in before if text != destroyed.text()]
        assert None not in (await fresh.find(alive)).values()
        assert await fresh.find([destroyed]) == {destroyed: None}
        assert await fresh.states([destroyed]) == {destroyed: KeyState.DESTROYED}

        # What lies about from before opens with no key that there is, and did with the old one.
        everything = KeyringFiles(settings.secrets_dir / "keyrings").all()
        an_old_one = {alive[0]: Wrapped(before[alive[0].text()], f"{NAMES}/1")}
        assert await KeyringEncryption(old_keyring).unwrap(an_old_one)
        for version in everything.key_encryption_keys(Category.CIVIL_IDENTITY):
            claimed = {alive[0]: Wrapped(an_old_one[alive[0]].data, version)}
            with pytest.raises(KeysUnavailableError):
                await KeyringEncryption(everything).unwrap(claimed)

        with Operator(settings) as operator:
            (record,) = operator.ask("GET", "retention", "/key-rotations")["items"]
        assert (record["key"], record["version"]) == (NAMES, "2")
        assert record["by"] == "system-operator"
        assert record["data_keys"] >= DATA_KEYS - 1


async def test_a_version_is_destroyed_only_once_nothing_can_be_wrapped_under_it(
    settings: SystemSettings, vault: MongoClient
) -> None:
    database = vault.database("vault")
    file = settings.keyring_file("identity")
    late = DataKeys(database, KeyringEncryption(load_keyring(file)), SystemClock())
    made: dict[KeyId, bytes] = {}
    scope = KeyId("late", Category.CIVIL_IDENTITY, "-")

    class Keys(KeyringFiles):
        """The keys, while a process with the old version in its hands creates a data key."""

        async def withdraw(self, version: str, *, undo: bool = False) -> None:
            if not made:
                made.update(await late.obtain([scope]))
            await super().withdraw(version, undo=undo)

    keys = Keys(settings.secrets_dir / "keyrings")
    rotation = KeyRotation(database, keys)
    done = await rotation.retire(await rotation.rewrap(await rotation.begin(NAMES)))
    assert done.rewrapped == 1
    now = DataKeys(database, KeyringEncryption(load_keyring(file)), SystemClock())
    assert await now.find([scope]) == made


async def _many_keys(service: Running) -> None:
    keys = service.vault._keys
    ids = [KeyId(f"many-{n}", Category.CIVIL_IDENTITY, "-") for n in range(DATA_KEYS)]
    for start in range(0, DATA_KEYS, 500):
        await keys.obtain(ids[start : start + 500])


async def _append_and_read(service: Running, stop: asyncio.Event) -> list[str]:
    """Register people and read them back, with nothing remembered, until told to stop."""
    subjects: list[str] = []
    while not stop.is_set():
        subject = f"person-{len(subjects)}"
        await service.register(subject, f"Canari {subject}")
        renamed = Renamed(learner_id=SubjectId(subject), first_name=f"Canari {subject}")
        subjects.append(subject)
        for one in {subjects[0], subjects[len(subjects) // 2]}:
            service.vault.drop(KeyId(one, Category.CIVIL_IDENTITY, "-"))
            await _readable(service, one)
        await service.store.append(
            f"learner-{subject}", 1, [renamed], subject=SubjectId(subject), meta=META
        )
    return subjects


async def _all_readable(service: Running, subjects: list[str]) -> None:
    for subject in subjects:
        service.vault.drop(KeyId(subject, Category.CIVIL_IDENTITY, "-"))
        await _readable(service, subject)


async def _readable(service: Running, subject: str) -> None:
    event = (await service.store.load(f"learner-{subject}"))[0].event
    assert isinstance(event, Registered)
    assert event.first_name.reveal() == f"Canari {subject}"
