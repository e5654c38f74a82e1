"""Stores that somebody put back by other means: no service serves until the ledger was applied."""

import asyncio
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.cli.failures import ExitCode
from services.retention.adapters.ledger import ErasureLedger
from shared import restoration
from shared.clock import SystemClock
from shared.personal import WHOLE, Category
from shared.restoration import NotServableError
from shared.settings import Settings
from shared.stores import Place, Stores
from shared.topic_growth import rewind
from shared.topics import create_topic
from tests.integration.backup.conftest import Site
from tests.integration.backup.test_backup import engines_of
from tests.integration.kernel.conftest import Running, run_sample
from tests.integration.kernel.sample import Sample
from tests.integration.test_cli import Finished, environment, run
from tests.waiting import eventually

PLACES = [Place("identity", "commits"), Place("vault", "keys")]


@pytest.fixture
def settings(site: Site) -> Settings:
    return site.settings.as_seen_by_services()


async def registered(sample: Running, subject: str) -> None:
    await sample.register(subject)

    async def published_and_shown() -> bool:
        return bool(await sample.person(subject)) and await sample.runtime.relay.pending() == 0

    await eventually(published_and_shown)


def copied(site: Site) -> dict[Place, list[bytes]]:
    with Stores(site.settings.mongodb, site.settings.namespace) as stores:
        return {place: list(stores.documents(place)) for place in PLACES}


def put_back(site: Site, content: dict[Place, list[bytes]]) -> None:
    with Stores(site.settings.mongodb, site.settings.namespace) as stores:
        for place, documents in content.items():
            filling = stores.filling(place)
            for document in documents:
                filling.add(document)
            filling.finish()
            stores.put_in_place(place)


async def in_place(site: Site) -> Finished:
    env = environment(site.settings, **engines_of(site))
    return await asyncio.to_thread(run, "restore", "--in-place", "--yes", env=env)


async def test_a_store_older_than_its_topic_serves_nobody_until_all_is_in_line(
    site: Site, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with run_sample(settings, monkeypatch) as sample:
        await registered(sample, "before")
        old = await asyncio.to_thread(copied, site)
        await registered(sample, "after")
    await asyncio.to_thread(put_back, site, old)
    with pytest.raises(NotServableError, match=r"older than its topic.*--in-place"):
        async with run_sample(settings, monkeypatch):
            pass
    done = await in_place(site)
    assert done.returncode == ExitCode.DONE, done.stderr
    async with run_sample(settings, monkeypatch) as sample:
        await registered(sample, "later")
        assert (await sample.person("before"))["first_name"] == "Canari"
        assert not await sample.person("after")


async def test_a_vault_behind_the_ledger_serves_nobody_until_it_is_applied(
    site: Site, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restoration, "APPLIED_WITHIN_SECONDS", 0.5)
    async with run_sample(settings, monkeypatch) as sample:
        await registered(sample, "one")
    ledger = ErasureLedger(site.settings.ledger_file.parent)
    ledger.open()
    now = SystemClock().now()
    ledger.record("case-1", "one", [(str(Category.CIVIL_IDENTITY), WHOLE)], now)
    refused = Sample()
    with pytest.raises(NotServableError, match="not all have been applied"):
        async with run_sample(settings, monkeypatch, sample=refused):
            pass
    assert refused.closed, "a start that fails leaves nothing open"
    done = await in_place(site)
    assert done.returncode == ExitCode.DONE, done.stderr
    assert "1 keys that had come back" in done.stdout
    async with run_sample(settings, monkeypatch) as sample:
        live = {key_id.category for key_id in await sample.vault.live_keys("one")}
        assert live == {Category.CONTACT}

    for change in (_cut, Path.unlink, _edited):
        whole = site.settings.ledger_file.read_bytes()
        change(site.settings.ledger_file)
        with pytest.raises(NotServableError, match="ledger"):
            async with run_sample(settings, monkeypatch):
                pass
        answer = await in_place(site)
        assert answer.returncode == ExitCode.WRONG_STATE
        assert "ledger" in answer.stderr
        site.settings.ledger_file.write_bytes(whole)
    async with run_sample(settings, monkeypatch):
        pass


def _cut(ledger: Path) -> None:
    ledger.write_bytes(b"")


def _edited(ledger: Path) -> None:
    ledger.write_bytes(ledger.read_bytes().replace(b'"one"', b'"two"'))


async def test_readers_begin_anew_also_where_the_broker_kept_how_far_they_were(
    settings: Settings,
) -> None:
    await create_topic(settings, "identity.events", 2)
    group = f"{settings.namespace}learning.reactions"
    places = [TopicPartition(f"{settings.namespace}identity.events", n) for n in range(2)]

    async def reached(commit: dict[TopicPartition, int]) -> list[int | None]:
        reader = AIOKafkaConsumer(
            bootstrap_servers=settings.kafka_bootstrap_servers,
            group_id=group,
            enable_auto_commit=False,
        )
        async with reader:
            reader.assign(places)
            if commit:
                await reader.commit(commit)
            return [await reader.committed(place) for place in places]

    assert await reached({places[0]: 7}) == [7, None]
    await rewind(settings, ["identity.events"])
    assert await reached({}) == [0, None]
