"""`docs/asyncapi.yaml`: every topic, message and listener, as AsyncAPI 3.0."""

from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from typing import Any, Final

from deploy.docs.described import DescribedService, summary
from deploy.docs.payloads import payload_schemas
from deploy.docs.written import DOCS, Documents, as_yaml
from shared.consuming.dead_letters import HEADER_PREFIX
from shared.consuming.envelope import SOURCE_PREFIX, TYPE_PREFIX
from shared.events.base import ANY_SERVICE, PublicEvent
from shared.events.registry import PUBLIC_EVENTS
from shared.topics import KEEP_FOR_EVER, SERVICES, dead_letter_topic, events_topic

HEADERS: Final[Mapping[str, str]] = {
    "content-type": "Always `application/json`.",
    "ce_specversion": "Version of CloudEvents, always `1.0`.",
    "ce_id": "Id of the event; the same at every redelivery.",
    "ce_source": f"`{SOURCE_PREFIX}<service>`, the service that publishes.",
    "ce_type": f"`{TYPE_PREFIX}<event>.v<version>`.",
    "ce_time": "When the fact was recorded, RFC 3339 with offset.",
    "ce_subject": "Pseudonymous id of the person the event is about; also the record's key.",
    "ce_stream": "Stream of the publishing service that the fact belongs to.",
    "ce_sequence": "Version of the fact in its stream, in decimal digits.",
    "ce_correlationid": "Id shared by everything that one request led to.",
    "ce_causationid": "Id of the event that caused this one, where there is one.",
    "traceparent": "W3C trace context of the request, where it was traced.",
}
"""What each header of a public event says; the names are those that `encode` writes."""

OPTIONAL_HEADERS: Final = frozenset({"ce_causationid", "traceparent"})
BOUND: Final = "0.5.0"


def document(services: Sequence[DescribedService]) -> Documents:
    """Return the document by its file."""
    title = "Topics, messages and listeners (AsyncAPI 3.0)."
    return {DOCS / "asyncapi.yaml": as_yaml(title, specification(services))}


def specification(services: Sequence[DescribedService]) -> dict[str, Any]:
    """Return the AsyncAPI document of the whole system."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "carionexiq",
            "version": version("carionexiq"),
            "description": (
                "Facts that the five services tell one another. A personal value is on a topic "
                "only sealed (`Sealed`), under a key of one person, category and object; once "
                "that key is destroyed it reads as `Erased`, everywhere. Delivery is at least "
                "once; the facts of one person are in order within a topic."
            ),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "kafka": {
                "host": "127.0.0.1:19092",
                "protocol": "kafka",
                "description": "The embedded broker; `KAFKA_BOOTSTRAP_SERVERS` names another.",
            }
        },
        "channels": {
            name: channel
            for service in SERVICES
            for name, channel in (
                (events_topic(service), _events_channel(service)),
                (dead_letter_topic(service), _dead_letter_channel(service)),
            )
        },
        "operations": {
            name: operation for service in services for name, operation in _operations(service)
        },
        "components": {
            "messages": {event.type_name(): _message(event) for event in _sorted(PUBLIC_EVENTS)},
            "messageTraits": {"cloudEvent": _cloud_event(), "deadLetter": _dead_letter()},
            "schemas": payload_schemas(PUBLIC_EVENTS),
        },
    }


def published_by(service: str) -> list[type[PublicEvent]]:
    """Return the events that `service` publishes, by name."""
    return _sorted(event for event in PUBLIC_EVENTS if event.SERVICE in (ANY_SERVICE, service))


def _sorted(events: Iterable[type[PublicEvent]]) -> list[type[PublicEvent]]:
    return sorted(events, key=lambda event: event.type_name())


def _reference(*steps: str) -> dict[str, str]:
    return {"$ref": "#/" + "/".join(steps)}


def _message_references(channel: str, events: Iterable[str]) -> list[dict[str, str]]:
    return [_reference("channels", channel, "messages", event) for event in events]


def _events_channel(service: str) -> dict[str, Any]:
    names = [event.type_name() for event in published_by(service)]
    return {
        "address": events_topic(service),
        "title": f"Facts of {service}",
        "description": "Partitioned by person; nothing expires, since forgetting destroys keys.",
        "messages": {name: _reference("components", "messages", name) for name in names},
        "bindings": _topic_binding(),
    }


def _dead_letter_channel(service: str) -> dict[str, Any]:
    return {
        "address": dead_letter_topic(service),
        "title": f"What {service} could not process",
        "description": "The record as it came, sealed values still sealed, with the reason.",
        "messages": {
            "deadLetter": {
                "name": "deadLetter",
                "title": "Dead letter",
                "traits": [_reference("components", "messageTraits", "deadLetter")],
                "payload": {"description": "The value of the failed record, byte for byte."},
            }
        },
        "bindings": _topic_binding(),
    }


def _topic_binding() -> dict[str, Any]:
    kept = int(KEEP_FOR_EVER["retention.ms"])
    return {"kafka": {"topicConfiguration": {"retention.ms": kept}, "bindingVersion": BOUND}}


def _message(event: type[PublicEvent]) -> dict[str, Any]:
    wire_type = f"{TYPE_PREFIX}{event.type_name()}.v{event.VERSION}"
    return {
        "name": wire_type,
        "title": event.type_name(),
        "summary": summary(event),
        "traits": [_reference("components", "messageTraits", "cloudEvent")],
        "headers": {"type": "object", "properties": {"ce_type": {"const": wire_type}}},
        "payload": _reference("components", "schemas", event.type_name()),
    }


def _cloud_event() -> dict[str, Any]:
    return {
        "description": "CloudEvents 1.0 in binary mode.",
        "contentType": "application/json",
        "correlationId": {"location": "$message.header#/ce_correlationid"},
        "headers": _header_schema(HEADERS, optional=OPTIONAL_HEADERS),
        "bindings": {
            "kafka": {
                "key": {"type": "string", "description": "Pseudonymous id of the person."},
                "bindingVersion": BOUND,
            }
        },
    }


def _dead_letter() -> dict[str, Any]:
    added = {
        "reason": "Type of the defect, never its content.",
        "consumer": "Consumer group that failed.",
        "topic": "Topic the record came from.",
        "partition": "Its partition, in decimal digits.",
        "offset": "Its offset, in decimal digits.",
        "attempts": "How often it was tried, in decimal digits.",
    }
    headers = {HEADER_PREFIX + name: text for name, text in added.items()}
    return {
        "description": "The headers of the failed record, and these.",
        "headers": _header_schema(headers, optional=()),
    }


def _header_schema(headers: Mapping[str, str], *, optional: Iterable[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [name for name in headers if name not in set(optional)],
        "properties": {
            name: {"type": "string", "description": text} for name, text in headers.items()
        },
    }


def _operations(service: DescribedService) -> Iterable[tuple[str, dict[str, Any]]]:
    own, dead = events_topic(service.name), dead_letter_topic(service.name)
    yield (
        f"{service.name}.publish",
        _operation("send", own, f"{service.name} publishes its facts."),
    )
    yield (
        f"{service.name}.bury",
        _operation("send", dead, f"{service.name} keeps what it could not process."),
    )
    for reaction in service.reactions:
        by_topic: dict[str, list[str]] = {topic: [] for topic in reaction.topics}
        for event in reaction.handlers:
            for topic in _topics_of(event, reaction.topics):
                by_topic[topic].append(event.type_name())
        for topic, names in by_topic.items():
            if not names:
                continue
            source = topic.partition(".")[0]
            yield (
                f"{service.name}.react.{reaction.name}.{source}",
                {
                    **_operation("receive", topic, f"Reaction `{reaction.name}`."),
                    "messages": _message_references(topic, sorted(names)),
                },
            )
    for projection in service.projections:
        for topic in projection.topics:
            yield (
                f"{service.name}.project.{projection.name}.{topic.partition('.')[0]}",
                _operation("receive", topic, f"Read model `{projection.name}`."),
            )


def _topics_of(event: type[PublicEvent], topics: Iterable[str]) -> list[str]:
    if event.SERVICE == ANY_SERVICE:
        return list(topics)
    return [topic for topic in topics if topic == events_topic(event.SERVICE)]


def _operation(action: str, channel: str, text: str) -> dict[str, Any]:
    return {"action": action, "channel": _reference("channels", channel), "summary": text}
