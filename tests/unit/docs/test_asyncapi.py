"""The AsyncAPI document is valid, complete, and shows personal values only sealed or erased."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest

from deploy.docs.asyncapi import HEADERS, OPTIONAL_HEADERS
from shared.consuming.envelope import encode
from shared.event_store import Metadata, RecordedEvent
from shared.events.base import SubjectId
from shared.events.identity import EmailConfirmed
from shared.events.registry import PUBLIC_EVENTS
from shared.personal import Category, personal_fields
from tests.unit.docs.documents import DOCS, loaded, walk

DOCUMENT: Final = DOCS / "asyncapi.yaml"
SCHEMA: Final = Path(__file__).with_name("asyncapi-3.0.0.schema.json")
SEALED_OR_ERASED: Final = ["#/components/schemas/Sealed", "#/components/schemas/Erased"]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return loaded(DOCUMENT)


def test_it_is_valid_asyncapi_3(document: dict[str, Any]) -> None:
    jsonschema.Draft7Validator(json.loads(SCHEMA.read_bytes())).validate(document)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    for node in walk(document):
        reference = node.get("$ref")
        if reference is None:
            continue
        target: Any = document
        for step in reference.removeprefix("#/").split("/"):
            assert step in target, reference
            target = target[step]


def test_every_public_event_is_a_message_on_a_channel(document: dict[str, Any]) -> None:
    on_channels = {name for c in document["channels"].values() for name in c["messages"]}
    for event in PUBLIC_EVENTS:
        assert event.type_name() in document["components"]["messages"]
        assert event.type_name() in on_channels


def test_every_message_has_a_listener_or_is_for_subscribers_only(document: dict[str, Any]) -> None:
    channels = {
        operation["channel"]["$ref"].rsplit("/", 1)[-1]
        for operation in document["operations"].values()
        if operation["action"] == "receive"
    }
    assert {"identity.events", "learning.events", "consent.events", "retention.events"} <= channels


@pytest.mark.promise("C8.4")
def test_a_personal_field_travels_only_sealed_or_erased(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for event in PUBLIC_EVENTS:
        for name, mark in personal_fields(event).items():
            field = schemas[event.type_name()]["properties"][name]
            shapes = [s["$ref"] for s in field["anyOf"] if s != {"type": "null"}]
            assert shapes == SEALED_OR_ERASED, f"{event.type_name()}.{name}"
            assert field["x-personal-category"] == mark.category
            assert field["x-personal-about"] == mark.about


def test_every_category_is_documented(document: dict[str, Any]) -> None:
    assert document["components"]["schemas"]["Category"]["enum"] == list(Category)


def test_the_headers_are_those_that_are_written() -> None:
    event = EmailConfirmed(learner_id=SubjectId("s-1"))
    meta = Metadata(actor="s-1", role="learner", correlation_id="c-1", causation_id="e-0")
    at = datetime(2026, 1, 1, tzinfo=UTC)
    record = RecordedEvent("e-1", "learner-s-1", 1, SubjectId("s-1"), at, event, meta)
    _, _, headers = encode("identity", record, event, "00-trace")
    assert [name for name, _ in headers] == list(HEADERS)

    meta = Metadata(actor="s-1", role="learner", correlation_id="c-1")
    record = RecordedEvent("e-1", "learner-s-1", 1, SubjectId("s-1"), at, event, meta)
    _, _, headers = encode("identity", record, event, None)
    assert set(HEADERS) - {name for name, _ in headers} == OPTIONAL_HEADERS
