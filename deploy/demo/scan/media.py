"""Every medium in which a value could lie, and a marker planted in plain in each of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from deploy.demo.drive.settings import DemoSettings
from deploy.demo.drive.settle import Ends
from deploy.demo.scan.scanner import Finding, Scanner
from shared.database import MongoClient
from shared.inspection import StoredDocument
from shared.topics import declare_topics

MARKER_TOPIC: Final = "demonstration.marker"
MARKER_DATABASE: Final = "demonstration"
LEFT_OUT: Final = ("secrets", "mailbox", "clock")
"""Keys are no personal values; the mailbox stands for the provider's and the recipients' own."""
WAIT_MS: Final = 500


@dataclass
class Markers:
    """Values planted in plain, by the medium in which they must be found."""

    by_medium: dict[str, str] = field(default_factory=dict)

    def plant(self, medium: str, index: int) -> str:
        """Return the marker of a new medium."""
        self.by_medium[medium] = f"Témoin{index:02d}-planté-en-clair"
        return self.by_medium[medium]

    def values(self) -> list[str]:
        """Return every marker once, in the order of planting."""
        return list(dict.fromkeys(self.by_medium.values()))


async def plant_markers(settings: DemoSettings) -> Markers:
    """Plant a marker in MongoDB, in Kafka, in a log and in the data folder."""
    markers = Markers()
    client = MongoClient(settings.mongodb, settings.namespace)
    marker = markers.plant("mongodb", 1)
    await client.database(MARKER_DATABASE).collection("marker").insert_one({"value": marker})
    client.close()
    address = {"kafka_bootstrap_servers": settings.kafka}
    await declare_topics(settings.model_copy(update=address), [MARKER_TOPIC])
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka, acks="all")
    await producer.start()
    try:
        await producer.send_and_wait(MARKER_TOPIC, markers.plant("kafka", 2).encode())
    finally:
        await producer.stop()
    with (settings.data_dir / "logs" / "identity.log").open("a") as log:
        log.write(f'{{"event": "{markers.plant("logs", 3)}"}}\n')
    (settings.data_dir / "marker.txt").write_text(markers.plant("other files", 4))
    markers.by_medium["mongodb documents"] = markers.by_medium["mongodb"]
    markers.by_medium["kafka records"] = markers.by_medium["kafka"]
    return markers


def scan_documents(scanner: Scanner, documents: list[StoredDocument]) -> set[Finding]:
    """Return what is readable in documents as the server hands them out, decompressed."""
    return scanner.scan((document.raw for document in documents), "mongodb documents")


async def kafka_records(settings: DemoSettings, ends: Ends) -> list[bytes]:
    """Return key, headers and value of every record up to `ends`, the marker's topic included."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        marker = [TopicPartition(MARKER_TOPIC, n) for n in range(settings.topic_partitions)]
        marker_ends = await consumer.end_offsets(marker)
        unread = {TopicPartition(*place): end for place, end in ends.items()} | marker_ends
        consumer.assign(list(unread))
        unread = {partition: end for partition, end in unread.items() if end > 0}
        content = []
        while unread:
            for partition, records in (await consumer.getmany(timeout_ms=WAIT_MS)).items():
                for record in records:
                    content += [record.key or b"", record.value or b""]
                    content += [name.encode() + b"=" + value for name, value in record.headers]
                if records[-1].offset + 1 >= unread.get(partition, 0):
                    unread.pop(partition, None)
        return content
    finally:
        await consumer.stop()


def scan_files(scanner: Scanner, data_dir: Path) -> set[Finding]:
    """Return what is readable in the files of a system that has been stopped."""
    findings: set[Finding] = set()
    for path in stored_files(data_dir):
        findings |= scanner.scan_file(path, _medium(path.relative_to(data_dir)))
    return findings


def stored_files(data_dir: Path) -> Iterator[Path]:
    """Yield every file under `data_dir` that is scanned, in order."""
    for path in sorted(data_dir.rglob("*")):
        if path.is_file() and path.relative_to(data_dir).parts[0] not in LEFT_OUT:
            yield path


def _medium(relative: Path) -> str:
    top = relative.parts[0]
    return top if re.fullmatch("mongodb|kafka|logs", top) else "other files"
