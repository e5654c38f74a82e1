"""A subscriber as a stranger writes one: aiokafka, the AsyncAPI document, and nothing of ours."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from aiokafka import AIOKafkaConsumer, ConsumerRecord
from jsonschema import Draft202012Validator

Schema = dict[str, Any]


class UndocumentedError(Exception):
    """A record is not what the document says."""


@dataclass(frozen=True)
class Fact:
    """One record, as its headers and its JSON tell it."""

    id: str
    type: str
    subject: str
    stream: str
    sequence: int
    time: str
    data: dict[str, Any]

    @property
    def event(self) -> str:
        """The event's name, without where it is from and its version."""
        return self.type.rsplit(".", 2)[-2]


class Document:
    """What the AsyncAPI document says about records."""

    def __init__(self, path: Path) -> None:
        self._document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        self._validators: dict[str, Draft202012Validator] = {}
        self._messages = {
            channel["address"]: dict(self._by_type(channel))
            for channel in self._document["channels"].values()
        }

    @property
    def addresses(self) -> list[str]:
        """The topics that carry facts."""
        return [address for address in self._messages if address.endswith(".events")]

    def read(self, address: str, record: ConsumerRecord) -> Fact:
        """Return what `record`, found at `address`, says.

        Raises:
            UndocumentedError: the document does not describe it.
        """
        headers = {name: value.decode() for name, value in record.headers}
        message = self._messages[address].get(headers.get("ce_type", ""))
        if message is None:
            raise UndocumentedError(f"{headers.get('ce_type')} at {address}")
        data = json.loads(record.value)
        self._hold(self._resolved(message["payload"]), data)
        for part in (message, *map(self._resolved, message["traits"])):
            self._hold(part["headers"], headers)
        (trait,) = map(self._resolved, message["traits"])
        self._hold(trait["bindings"]["kafka"]["key"], record.key.decode())
        undocumented = headers.keys() - trait["headers"]["properties"].keys()
        if undocumented:
            raise UndocumentedError(f"headers {sorted(undocumented)}")
        return Fact(
            id=headers["ce_id"],
            type=headers["ce_type"],
            subject=record.key.decode(),
            stream=f"{headers['ce_source']} {headers['ce_stream']}",
            sequence=int(headers["ce_sequence"]),
            time=headers["ce_time"],
            data=data,
        )

    def _by_type(self, channel: Schema) -> Iterator[tuple[str, Schema]]:
        for reference in channel["messages"].values():
            message = self._resolved(reference)
            yield message["name"], message

    def _resolved(self, node: Schema) -> Schema:
        reference = node.get("$ref")
        if reference is None:
            return node
        found: Any = self._document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
        return self._resolved(found)

    def _hold(self, schema: Schema, value: Any) -> None:
        name = json.dumps(schema, sort_keys=True)
        if name not in self._validators:
            whole = {"components": self._document["components"], **schema}
            self._validators[name] = Draft202012Validator(whole)
        for error in self._validators[name].iter_errors(value):
            raise UndocumentedError(f"{'/'.join(map(str, error.path))}: {error.validator}")


@dataclass
class Timeline:
    """What became of one person, each fact once, in the order in which it was told."""

    subject: str
    facts: list[Fact] = field(default_factory=list)
    repeated: int = 0

    def add(self, fact: Fact) -> None:
        """Add `fact`; one that came before is only counted."""
        if any(known.id == fact.id for known in self.facts):
            self.repeated += 1
        else:
            self.facts.append(fact)

    @property
    def events(self) -> list[str]:
        """The events' names."""
        return [fact.event for fact in self.facts]

    def sequences(self) -> dict[str, list[int]]:
        """Return the sequences that were told, by stream."""
        told: dict[str, list[int]] = {}
        for fact in self.facts:
            told.setdefault(fact.stream, []).append(fact.sequence)
        return told

    def sealed(self) -> Iterable[tuple[str, str]]:
        """Return event and field of every personal value, which only ever comes sealed."""
        for fact in self.facts:
            for name, value in fact.data.items():
                if isinstance(value, dict) and "box" in value:
                    yield fact.event, name


async def follow(
    document: Document,
    subject: str,
    *,
    servers: str,
    prefix: str,
    until: Callable[[Timeline], bool],
) -> tuple[Timeline, list[bytes]]:
    """Read every topic from its first record until `until`; return a person's life and all bytes.

    Topics have no order among each other: once `until` holds, whatever is on any of them by then
    is read as well. `prefix` is what an installation puts before the addresses of the document.
    """
    timeline, everything = Timeline(subject), []
    consumer = AIOKafkaConsumer(
        *(prefix + address for address in document.addresses),
        bootstrap_servers=servers,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )

    async def read() -> None:
        record = await anext(consumer)
        everything.append(record.value)
        if not any(name == "ce_specversion" for name, _ in record.headers):
            return  # no CloudEvent, so none of theirs
        fact = document.read(record.topic.removeprefix(prefix), record)
        if fact.subject == subject:
            timeline.add(fact)

    async with consumer:
        while not until(timeline):
            await read()
        for partition, end in (await consumer.end_offsets(consumer.assignment())).items():
            while await consumer.position(partition) < end:
                await read()
    return timeline, everything
