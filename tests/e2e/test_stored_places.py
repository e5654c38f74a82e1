"""A system that people use stores nothing in a place that docs/stored-places.md does not list."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from shared.inspection import stored_documents
from tests.engines import System
from tests.unit.test_stored_places import listed


def _topics(servers: str) -> list[str]:
    async def names() -> list[str]:
        admin = AIOKafkaAdminClient(bootstrap_servers=servers)
        await admin.start()
        try:
            found: list[str] = await admin.list_topics()
            return found
        finally:
            await admin.close()

    # The browser's driver may have a loop of its own in this thread.
    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(lambda: asyncio.run(names())).result()


@pytest.mark.timeout(180)
@pytest.mark.promise("C2.11")
@pytest.mark.usefixtures("learner")
def test_every_collection_topic_and_folder_in_use_is_listed(system: System) -> None:
    settings = system.settings
    databases = f"{settings.namespace}carionexiq_"
    places = {
        f"{one.database.removeprefix(databases)}.{one.collection}"
        for one in stored_documents(settings.mongodb)
        if one.database.startswith(databases)
    }
    places |= {
        name.removeprefix(settings.namespace)
        for name in _topics(settings.kafka)
        if name.startswith(settings.namespace)
    }
    assert {"identity.commits", "learning.enrolments", "gateway.sessions", "vault.keys"} <= places
    assert {"identity.events", "notify.dlq"} <= places
    places |= {entry.name for entry in Path(settings.data_dir).iterdir() if entry.is_dir()}
    assert [place for place in sorted(places) if not listed(place)] == []
