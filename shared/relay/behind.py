"""Whether a store is behind its own topic: then it was put back without the rest of the system."""

from typing import Final

from aiokafka import AIOKafkaConsumer

from shared.database import Database
from shared.event_store import COLLECTION
from shared.restoration import NotServableError
from shared.settings import Settings
from shared.topics import events_topic

READ_WITHIN_MS: Final = 5_000
FETCH_WAIT_MS: Final = 5
OF_A_STORE: Final = 6
"""Groups in the id of an event: the five of its commit's id, and its place in the commit."""


async def require_store_not_behind(settings: Settings, service: str, database: Database) -> None:
    """Return when the store of `service` has what its topic holds last.

    Raises:
        NotServableError: it has not: commits that were published are gone from the store.
        KafkaError: the broker does not answer.
        PyMongoError: the database is away.
    """
    commits = set(await _last(settings, events_topic(service)))
    found = database.collection(COLLECTION).find({"_id": {"$in": sorted(commits)}}, {"_id": 1})
    missing = commits - {document["_id"] async for document in found}
    if missing:
        raise NotServableError(
            f"the store of {service} is older than its topic: it was put back by other means than "
            "`carionexiq restore`. Stop everything and run `carionexiq restore --in-place`"
        )


async def _last(settings: Settings, topic: str) -> list[str]:
    """Return the commits of the last event in each partition of `topic`."""
    consumer = AIOKafkaConsumer(
        settings.namespace + topic,
        bootstrap_servers=settings.kafka_bootstrap_servers,
        enable_auto_commit=False,
        fetch_max_wait_ms=FETCH_WAIT_MS,
    )
    commits: list[str] = []
    try:
        await consumer.start()
        ends = await consumer.end_offsets(sorted(consumer.assignment()))
        for partition, end in ends.items():
            if end == 0:
                continue
            consumer.seek(partition, end - 1)
            found = await consumer.getmany(partition, timeout_ms=READ_WITHIN_MS, max_records=1)
            for record in found.get(partition, []):
                commits += _commit_of(dict(record.headers).get("ce_id"))
    finally:
        await consumer.stop()
    return commits


def _commit_of(event_id: bytes | None) -> list[str]:
    """Return the commit that an event is of; nothing where the record is not from a store."""
    text = (event_id or b"").decode(errors="replace")
    return [text.rpartition("-")[0]] if text.count("-") == OF_A_STORE - 1 else []
