"""Reads along on every topic: who became who, and what the system said about forgetting."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.demo.drive.people import Person
from deploy.demo.drive.settings import DemoSettings
from deploy.demo.drive.settle import Ends
from shared.clock import Clock
from shared.consuming.envelope import Envelope, decode
from shared.database import MongoClient
from shared.events import identity, learning, notify, retention
from shared.events.base import PublicEvent
from shared.personal import Personal
from shared.vault import DataKeys, Keyring, KeyringEncryption, Vault
from shared.vault.keyring_files import KeyringFiles

WAIT_MS = 200
FETCH_WAIT_MS = 50
"""Shorter than the client's default: a catching-up never waits behind a poll of half a second."""


def open_everything(settings: DemoSettings, client: MongoClient, clock: Clock) -> Vault:
    """Return a vault that holds every key there is, which no service does."""
    keyring = all_keys(settings.secrets_dir)
    return Vault(DataKeys(client.database("vault"), KeyringEncryption(keyring), clock), keyring)


def all_keys(secrets_dir: Path) -> Keyring:
    """Return the key-encryption keys of every category."""
    return KeyringFiles(secrets_dir / "keyrings").all()


class Witness:
    """Follows the events of a demonstration while it runs."""

    def __init__(self, settings: DemoSettings, clock: Clock, people: Iterable[Person]) -> None:
        """Follow the life of `people`, who are recognised by their e-mail addresses."""
        self._mongodb = MongoClient(settings.mongodb, settings.namespace)
        self._vault = open_everything(settings, self._mongodb, clock)
        self._by_email: dict[str, list[Person]] = {}
        for person in people:
            self._by_email.setdefault(person.email.lower(), []).append(person)
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=settings.kafka,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=FETCH_WAIT_MS,
        )
        self._positions: dict[tuple[str, int], int] = {}
        self.sent: Counter[str] = Counter()
        self.suppressed: Counter[str] = Counter()
        self.orders: dict[str, retention.ErasureOrdered] = {}
        self.order_times: dict[str, datetime] = {}
        self.certified: set[str] = set()
        self.keys_destroyed = 0
        self.alarms = 0
        self.module_of: dict[str, str] = {}
        self.contract_end: dict[str, datetime] = {}

    @property
    def events(self) -> int:
        """Records read so far."""
        return sum(self._positions.values())

    async def start(self, ends: Ends) -> None:
        """Begin to read the topics of `ends` from their start."""
        await self._consumer.start()
        partitions = [TopicPartition(*place) for place in ends]
        self._consumer.assign(partitions)
        self._consumer.pause(*partitions)
        self._positions = dict.fromkeys(ends, 0)

    async def stop(self) -> None:
        """Stop reading."""
        await self._consumer.stop()
        self._mongodb.close()

    async def catch_up(self, ends: Ends) -> None:
        """Read everything up to `ends`; in between nothing is fetched."""
        partitions = [TopicPartition(*place) for place in self._positions]
        self._consumer.resume(*partitions)
        while any(self._positions[place] < end for place, end in ends.items()):
            for partition, records in (await self._consumer.getmany(timeout_ms=WAIT_MS)).items():
                for record in records:
                    envelope = decode(record)
                    if envelope is not None:
                        await self._note(envelope)
                place = (partition.topic, partition.partition)
                self._positions[place] = records[-1].offset + 1
        self._consumer.pause(*partitions)

    async def _note(self, envelope: Envelope) -> None:
        event: PublicEvent = envelope.data
        match event:
            case identity.LearnerRegistered():
                for person in await self._whose(event.email):
                    person.subject = event.learner_id
            case identity.ProspectContacted():
                for person in await self._whose(event.email):
                    person.prospect_subject = event.prospect_id
            case notify.MessageSent():
                self.sent[event.kind] += 1
            case notify.MessageSuppressed():
                self.suppressed[event.reason] += 1
            case retention.ErasureOrdered():
                self.orders.setdefault(event.case_id, event)
                self.order_times.setdefault(event.case_id, envelope.time)
            case retention.KeyDestroyed():
                self.keys_destroyed += 1
            case retention.ErasureCertified():
                self.certified.add(event.case_id)
            case retention.RetentionAlarmRaised():
                self.alarms += 1
            case learning.CourseEnrolled():
                self.module_of[event.enrolment_id] = event.module_id
            case _:
                return

    async def _whose(self, email: Personal[str] | None) -> list[Person]:
        if email is None:
            return []
        opened = await self._vault.open(email)
        return self._by_email.get(opened.text("").lower(), [])
