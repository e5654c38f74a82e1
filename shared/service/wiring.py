"""The parts of a service put together; nothing is connected yet."""

from aiokafka import AIOKafkaProducer

from shared.choices import Choices
from shared.database import MongoClient
from shared.event_store import EventStore
from shared.events.base import Event
from shared.events.dead_letters import DEAD_LETTER_EVENTS
from shared.events.registry import EventTypes
from shared.relay.relay import Relay
from shared.relay.sender import BATCH_BYTES
from shared.restoration import Restorations
from shared.searching.canaries import CanaryStore
from shared.service.everybodys import ASKS_CHOICES, EVERYBODYS_EVENTS, with_everybodys
from shared.service.parts import Assembly, Kernel
from shared.service.runtime import Runtime
from shared.topics import LARGEST_DEAD_LETTER_BYTES, events_topic
from shared.vault import DataKeys, Vault


def wire(assembly: Assembly) -> Runtime:
    """Return the service that `assembly` describes, to be started."""
    name, settings = assembly.name, assembly.settings
    client = MongoClient(settings.mongodb_uri, settings.namespace)
    database = client.database(name)
    keys = DataKeys(client.database("vault"), assembly.keys.encryption, assembly.clock)
    types: EventTypes[Event] = EventTypes(
        [
            *assembly.domain_events,
            *EVERYBODYS_EVENTS,
            *DEAD_LETTER_EVENTS,
        ]
    )
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.kafka_bootstrap_servers,
        enable_idempotence=True,
        acks="all",
        linger_ms=0,
        max_batch_size=BATCH_BYTES,
        max_request_size=LARGEST_DEAD_LETTER_BYTES,
    )
    relay = Relay(
        name,
        settings.namespace + events_topic(name),
        database,
        types,
        with_everybodys(assembly.publish),
        producer,
        bootstrap_servers=settings.kafka_bootstrap_servers,
        sweep_seconds=settings.relay_sweep_seconds,
    )
    choices = Choices(consents=ASKS_CHOICES.get(name, False))
    vault = Vault(keys, assembly.keys.keyring, restricted=choices.restricts)
    store = EventStore(database, types, vault, assembly.clock, relay.wake)
    canaries = CanaryStore(client.database("vault"), vault)
    restorations = Restorations(client.database("vault"))
    kernel = Kernel(
        settings, assembly.clock, store, vault, database, restorations, canaries, choices
    )
    service = assembly.bootstrap(kernel)
    return Runtime(name, kernel, client, keys, service, relay, producer, assembly.ended)
