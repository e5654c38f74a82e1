"""Looking at a system at rest: stores, topics, read models as they serve and made anew."""

import asyncio
import time
from collections import Counter, defaultdict
from typing import Any, Final

import httpx
from aiokafka import AIOKafkaConsumer

from shared.clock import SystemClock
from shared.consuming.projections import visible
from shared.database import Database, Document, MongoClient
from shared.event_store import COLLECTION
from shared.http.auth import Role
from shared.topics import events_topic
from tests.callers import Callers
from tests.chaos.evidence import Documents, Evidence, ReadModelState, StoredCommit, TopicRecord
from tests.chaos.services import accounts, receipts
from tests.chaos.system import System
from tests.chaos.workload import Workload

SETTLES_WITHIN_SECONDS: Final = 120.0
QUIET_LOOKS: Final = 3
"""How often in a row everything must look quiet."""
READ_MODELS: Final = {"accounts": "accounts-1", "balances": "receipts-1"}
"""The read models, and the replica that is asked to make each anew."""
NAMES: Final = {"accounts": accounts.NAME, "receipts": receipts.NAME}
"""Which of the product's services the replicas of each are."""
SERVICES: Final = tuple(NAMES.values())


class Observer:
    """Asks a running system what its state is."""

    def __init__(self, system: System) -> None:
        """Describe an observer of `system`."""
        self._system = system
        self._callers = Callers(system.settings.secrets_dir, SystemClock())

    async def rest(self) -> list[str]:
        """Wait until nothing moves; return what still does after a long time."""
        async with httpx.AsyncClient(timeout=20, trust_env=False) as http:
            return await self._settle(http)

    async def evidence(self, workload: Workload) -> Evidence:
        """Wait for rest and return everything the checker needs."""
        async with httpx.AsyncClient(timeout=20, trust_env=False) as http:
            unsettled = await self._settle(http)
            client = MongoClient(self._system.settings.mongodb_uri, "")
            try:
                databases = {name: client.database(name) for name in SERVICES}
                serving = {name: await _documents(databases, name) for name in READ_MODELS}
                for name in READ_MODELS:
                    unsettled += await self._rebuild(http, name)
                rebuilt = {name: await _documents(databases, name) for name in READ_MODELS}
                stored = {name: await _commits(databases[name]) for name in SERVICES}
            finally:
                client.close()
            records = [r for name in SERVICES for r in await self._records(name)]
        implied = _implied(stored)
        return Evidence(
            operations=tuple(workload.operations),
            commits=[_stored(name, commit) for name in SERVICES for commit in stored[name]],
            records=records,
            read_models=[
                ReadModelState(name, serving[name], rebuilt[name], implied[name])
                for name in READ_MODELS
            ],
            causes=[e["id"] for e in _events(stored[accounts.NAME], accounts.Credited)],
            effects=[
                e["data"]["cause"] for e in _events(stored[receipts.NAME], receipts.ReceiptIssued)
            ],
            unsettled=unsettled,
        )

    async def _settle(self, http: httpx.AsyncClient) -> list[str]:
        deadline = time.monotonic() + SETTLES_WITHIN_SECONDS
        quiet, restless = 0, ["nothing was asked yet"]
        while quiet < QUIET_LOOKS:
            if time.monotonic() > deadline:
                return restless
            restless = await self._restless(http)
            quiet = 0 if restless else quiet + 1
            await asyncio.sleep(0.3)
        return []

    async def _restless(self, http: httpx.AsyncClient) -> list[str]:
        restless = []
        read: dict[str, set[tuple[str, int]]] = defaultdict(set)
        for replica in self._system.replicas:
            url = f"{self._system.url(replica)}/ops/flow"
            try:
                answer = await http.get(url, headers=self._headers(replica))
                answer.raise_for_status()
            except httpx.HTTPError as error:
                restless.append(f"{replica} does not tell its state ({type(error).__name__})")
                continue
            flow = answer.json()
            if flow["outbox"]:
                restless.append(f"{replica}: {flow['outbox']} commits wait to be published")
            for group in flow["groups"]:
                for one in group["partitions"]:
                    read[group["group"]].add((one["topic"], one["partition"]))
                    if one["position"] < one["end"]:
                        restless.append(f"{replica}: {group['group']} is behind on {one}")
        partitions = self._system.settings.topic_partitions
        for group, places in read.items():
            held = Counter(topic for topic, _ in places)
            restless += [f"{group} lacks {topic}" for topic in held if held[topic] < partitions]
        return restless

    async def _rebuild(self, http: httpx.AsyncClient, name: str) -> list[str]:
        url = f"{self._system.url(READ_MODELS[name])}/ops/projections"
        begun = await http.post(f"{url}/{name}/rebuild", headers=self._headers(READ_MODELS[name]))
        if begun.is_error:
            return [f"{name} is not made anew: {begun.status_code}"]
        while True:
            listed = (await http.get(url, headers=self._headers(READ_MODELS[name]))).json()
            status = next(one for one in listed if one["name"] == name)
            if not status["running"]:
                failure = status["failure"]
                return [f"{name} cannot be made anew: {failure}"] if failure else []
            await asyncio.sleep(0.1)

    async def _records(self, service: str) -> list[TopicRecord]:
        consumer = AIOKafkaConsumer(
            events_topic(service),
            bootstrap_servers=self._system.settings.kafka_bootstrap_servers,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
        )
        records: list[TopicRecord] = []
        async with consumer:
            ends = await consumer.end_offsets(sorted(consumer.assignment()))
            for partition, end in ends.items():
                while await consumer.position(partition) < end:
                    for batch in (await consumer.getmany(partition, timeout_ms=500)).values():
                        records += [_record(service, one) for one in batch]
        return records

    def _headers(self, replica: str) -> dict[str, str]:
        service = NAMES[replica.partition("-")[0]]
        return self._callers.headers(service, "chaos", Role.SYSTEM)


async def _commits(database: Database) -> list[Document]:
    return [commit async for commit in database.collection(COLLECTION).find({}).sort("_id", 1)]


async def _documents(databases: dict[str, Database], name: str) -> Documents:
    service = accounts.NAME if name == "accounts" else receipts.NAME
    cursor = databases[service].collection(name).find({})
    return {document["_id"]: visible(document) async for document in cursor}


def _stored(service: str, commit: Document) -> StoredCommit:
    event_ids = tuple(event["id"] for event in commit["events"])
    return StoredCommit(
        service, commit["stream"], commit["version"], commit.get("command_id"), event_ids, event_ids
    )


def _record(service: str, record: Any) -> TopicRecord:
    headers = {name: value.decode() for name, value in record.headers}
    return TopicRecord(
        service=service,
        partition=record.partition,
        offset=record.offset,
        event_id=headers["ce_id"],
        stream=headers["ce_stream"],
        sequence=int(headers["ce_sequence"]),
    )


def _events(commits: list[Document], kind: type) -> list[Document]:
    return [e for commit in commits for e in commit["events"] if e["type"] == kind.__name__]


def _implied(stored: dict[str, list[Document]]) -> dict[str, Documents]:
    """Count what the stores hold, without any code of the product's consumers."""
    credited, issued = (
        Counter(event["data"]["learner_id"] for event in _events(stored[service], kind))
        for service, kind in (
            (accounts.NAME, accounts.Credited),
            (receipts.NAME, receipts.ReceiptIssued),
        )
    )
    return {
        "accounts": {who: {"credits": count} for who, count in credited.items()},
        "balances": {
            who: {"credits": count, "receipts": issued[who]} for who, count in credited.items()
        },
    }
