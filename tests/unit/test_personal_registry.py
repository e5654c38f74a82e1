"""Every personal field of every event has a category, an owner, a clock, a reader and an eraser."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from services.retention.domain.clocks.conditions import SPECIAL
from services.retention.domain.clocks.objects import OBJECT_KINDS
from services.retention.domain.ruleset.parse import parse_rule_set
from shared.erasure import count_in_scope, participants_of
from shared.event_store import Metadata, RecordedEvent
from shared.events.base import ANY_SERVICE, DomainEvent, Event, SubjectId
from shared.events.demands import CONTRIBUTORS
from shared.events.erasure import KeyScope
from shared.events.registry import PUBLIC_EVENTS
from shared.events.retention import ErasureOrdered
from shared.held_data import held_values
from shared.personal import WHOLE, WITHOUT_TERM, Category, Personal, PersonalField, personal_fields
from shared.topics import SERVICES
from shared.vault import create_keyrings, load_keyring
from shared.vault.compartments import COMPARTMENTS, EACH_ITS_OWN, EVERYBODYS
from tests.unit.docs.documents import DOCS, ROOT, loaded

POLICY: Final = ROOT / "services" / "retention" / "policy"
SUBJECT: Final = SubjectId("subject-1")
OBJECT: Final = "object-1"
KINDS_BY_SIBLING: Final = {
    None: "person",
    "enrolment_id": "enrolment",
    "import_id": "enrolment",
    "invoice_id": "invoice",
    "request_id": "request",
    "recording_id": "recording",
    "month": "month",
    "message_id": "message",
    "minority_id": "minority",
    "agreement_id": "minority",
    "demand_id": "demand",
    "disclosure_id": "demand",
}
"""Which kind of object the sibling field of a personal field names."""

PERSONAL_WORDS: Final = frozenset(
    [
        "address",
        "answer",
        "birth",
        "birthday",
        "browser",
        "city",
        "comment",
        "context",
        "email",
        "guardian",
        "iban",
        "ip",
        "mail",
        "message",
        "name",
        "password",
        "phone",
        "postcode",
        "screen",
        "street",
        "surname",
        "telephone",
        "text",
        "title",
    ]
)
NEUTRAL_ENDINGS: Final = ("_id", "_version", "_at", "_count")


NOBODYS: Final = {
    Category.MAIL_CONTENT: "a message is composed when it leaves and kept nowhere",
}
"""Categories that no service stores anything of, and why; a clock is all there is."""

WITHOUT_HOOK: Final = {
    "retention": "stores ids, dates and counts; destroying the keys is its part",
}
"""Services without an erasing hook, and why nothing is left behind."""


def _import_events(service: str) -> None:
    package = importlib.import_module(f"services.{service}.domain")
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if module.name.endswith(".events"):
            importlib.import_module(module.name)


def _leaves(base: type[Event]) -> Iterator[type[Event]]:
    for subclass in base.__subclasses__():
        if subclass.__subclasses__():
            yield from _leaves(subclass)
        else:
            yield subclass


def _events() -> list[tuple[str, type[Event]]]:
    """Return every event, stored or public, with the service it belongs to."""
    for service in SERVICES:
        _import_events(service)
    stored = [(event.__module__.split(".")[1], event) for event in _leaves(DomainEvent)]
    public: list[tuple[str, type[Event]]] = [(event.SERVICE, event) for event in PUBLIC_EVENTS]
    everybodys: list[tuple[str, type[Event]]] = [
        (service, event)
        for event in PUBLIC_EVENTS
        if event.SERVICE == ANY_SERVICE and personal_fields(event)
        for service in sorted(CONTRIBUTORS)
    ]
    own = [(owner, event) for owner, event in [*stored, *public] if owner in SERVICES]
    return [*own, *everybodys]


EVENTS: Final = _events()
FIELDS: Final = [
    pytest.param(owner, event, name, mark, id=f"{owner}-{event.__name__}-{name}")
    for owner, event in EVENTS
    for name, mark in personal_fields(event).items()
]
STORED: Final = [
    pytest.param(owner, event, id=f"{owner}-{event.__name__}")
    for owner, event in EVENTS
    if issubclass(event, DomainEvent) and personal_fields(event)
]


RULE_SETS: Final = [pytest.param(f, id=f.stem) for f in sorted(POLICY.glob("*.y*ml"))]
USED: Final = sorted({m.category for _, e in EVENTS for m in personal_fields(e).values()})


def test_every_service_that_stores_personal_values_is_walked() -> None:
    walked = {owner for owner, event in EVENTS if issubclass(event, DomainEvent)}
    assert walked == set(SERVICES)


@pytest.mark.parametrize(("owner", "event", "name", "mark"), FIELDS)
def test_a_personal_field_names_whom_and_what_it_is_about(
    owner: str, event: type[Event], name: str, mark: PersonalField
) -> None:
    assert mark.about in event.model_fields
    assert mark.object is None or mark.object in event.model_fields


@pytest.mark.promise("C2.11")
@pytest.mark.parametrize(("owner", "event", "name", "mark"), FIELDS)
def test_a_personal_field_belongs_to_the_kind_of_object_that_has_a_clock(
    owner: str, event: type[Event], name: str, mark: PersonalField
) -> None:
    assert KINDS_BY_SIBLING[mark.object] == OBJECT_KINDS[mark.category]


@pytest.mark.promise("C4.2")
@pytest.mark.parametrize(("owner", "event", "name", "mark"), FIELDS)
def test_a_personal_field_is_in_a_compartment_of_the_service_that_records_it(
    owner: str, event: type[Event], name: str, mark: PersonalField
) -> None:
    assert mark.category in COMPARTMENTS[owner]


@pytest.mark.promise("C2.11")
@pytest.mark.parametrize("file", RULE_SETS)
def test_a_rule_set_has_a_clock_for_every_category(file: Path) -> None:
    rules = parse_rule_set(file.read_text(encoding="utf-8"), file.name)
    for category in USED:
        covering = [
            rule
            for rule in rules.rules
            if category in rule.categories
            and rule.object in ("each", OBJECT_KINDS[category])
            and rule.when not in SPECIAL
        ]
        assert covering, category


def test_there_is_a_rule_set() -> None:
    assert RULE_SETS


@pytest.mark.promise("C8.1")
@pytest.mark.parametrize(("owner", "event"), STORED)
def test_a_stored_personal_value_is_shown_in_the_held_data(owner: str, event: type[Event]) -> None:
    shown = held_values(owner, [_recorded(event)])
    assert {item.field for item in shown} == set(personal_fields(event))
    paths = loaded(DOCS / "openapi" / f"{owner}.yaml")["paths"]
    assert {"/me/held-data", "/me/export"} <= paths.keys()
    assert paths["/learners/{learner_id}/held-data"]["get"]["x-roles"] == ["dpo"]


@pytest.mark.promise("C8.4")
@pytest.mark.parametrize(("owner", "event"), STORED)
def test_an_erasure_counts_a_stored_personal_value(owner: str, event: type[Event]) -> None:
    marks = personal_fields(event).values()
    order = ErasureOrdered(
        case_id="case-1",
        subject_id=SUBJECT,
        scopes=tuple(
            {KeyScope(category=m.category, object=OBJECT if m.object else WHOLE) for m in marks}
        ),
        mode="deleted",
        reason="request",
        rule_ids=(),
        closes_account=True,
    )
    assert sum(count_in_scope([_recorded(event)], order).values()) == len(marks)


@pytest.mark.parametrize(
    ("owner", "event"), [pytest.param(o, e, id=f"{o}-{e.__name__}") for o, e in EVENTS]
)
@pytest.mark.promise("C1.1")
def test_a_field_that_looks_personal_is_declared_personal(owner: str, event: type[Event]) -> None:
    undeclared = set(event.model_fields) - set(personal_fields(event))
    suspicious = [
        name
        for name in undeclared
        if PERSONAL_WORDS & set(name.split("_")) and not name.endswith(NEUTRAL_ENDINGS)
    ]
    assert suspicious == []


def test_every_category_in_use_is_readable_by_some_service() -> None:
    held = {category for compartment in COMPARTMENTS.values() for category in compartment}
    assert set(USED) <= held


def test_retention_can_read_nothing_of_people_and_consent_what_it_explained_to_them() -> None:
    assert COMPARTMENTS["retention"] == EACH_ITS_OWN | EVERYBODYS
    assert COMPARTMENTS["consent"] == (
        {Category.PROFILE, Category.DEMAND} | EACH_ITS_OWN | EVERYBODYS
    )


@pytest.mark.promise("C6.2")
def test_every_service_that_holds_values_of_people_contributes_to_a_disclosure() -> None:
    holders = {
        service
        for service, compartment in COMPARTMENTS.items()
        if compartment - EACH_ITS_OWN - EVERYBODYS - {Category.DEMAND}
    }
    assert holders == CONTRIBUTORS
    assert all(Category.DEMAND in COMPARTMENTS[service] for service in holders)


def test_no_service_can_read_the_dead_letters_of_another(tmp_path: Path) -> None:
    create_keyrings(tmp_path)
    keys = [
        key
        for service in SERVICES
        for key in load_keyring(tmp_path / f"{service}.json")
        .key_encryption_keys(Category.DEAD_LETTERS)
        .values()
    ]
    assert len(set(keys)) == len(SERVICES)


def _recorded(event: type[Event]) -> RecordedEvent:
    """Return `event` as recorded about `SUBJECT`, with every personal value present."""
    values: dict[str, Any] = {}
    for name, mark in personal_fields(event).items():
        values[name] = Personal("planted")
        values[mark.about] = SUBJECT
        if mark.object:
            values[mark.object] = OBJECT
    return RecordedEvent(
        id="event-1",
        stream="stream-1",
        version=1,
        subject=SUBJECT,
        at=datetime(2026, 1, 1, tzinfo=UTC),
        event=event.model_construct(**values),
        meta=Metadata(actor="system", role="system", correlation_id="correlation-1"),
    )


REPLY: Final = {
    "message": "subject_id",
    "author": "staff_id",
    "title": "subject_id",
    "answers": "subject_id",
}
ABOUT_TWO: Final = {
    "ReplyGiven": REPLY,
    "SupportReplied": REPLY,
    "CertificationGranted": {"comment": "learner_id"},
    "CertificationRefused": {"comment": "learner_id"},
    "Converted": {},
    "ProspectConverted": {},
}
"""Events that name two people, and whose each personal value is: it is sealed under that key."""


PEOPLE: Final = frozenset({"subject_id", "learner_id", "staff_id", "prospect_id"})


@pytest.mark.promise("C8.4", "C4.3")
def test_an_event_about_two_people_says_of_each_value_whose_it_is() -> None:
    found = {
        event.__name__: {name: mark.about for name, mark in personal_fields(event).items()}
        for _, event in EVENTS
        if len(PEOPLE & event.model_fields.keys()) > 1
    }
    assert found == ABOUT_TWO


@pytest.mark.promise("C8.4")
@pytest.mark.parametrize("category", sorted(set(Category) - WITHOUT_TERM))
def test_whatever_is_erased_has_a_participant_that_can_open_it(category: Category) -> None:
    order = ErasureOrdered(
        case_id="case-1",
        subject_id=SUBJECT,
        scopes=(KeyScope(category=category),),
        mode="deleted",
        reason="term",
        rule_ids=(),
        closes_account=False,
    )
    asked = participants_of(order)
    assert bool(asked) != (category in NOBODYS), category
    assert {service for service in asked if category in COMPARTMENTS[service]} == set(asked)


def test_every_service_takes_part_when_nothing_of_an_account_is_to_be_left() -> None:
    order = ErasureOrdered(
        case_id="case-1",
        subject_id=SUBJECT,
        scopes=(),
        mode="deleted",
        reason="request",
        rule_ids=(),
        closes_account=True,
    )
    assert set(participants_of(order)) == set(SERVICES) == set(COMPARTMENTS)


@pytest.mark.promise("C8.4")
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_that_stores_personal_values_erases_or_says_why_not(service: str) -> None:
    stores = any(
        owner == service and issubclass(event, DomainEvent) and personal_fields(event)
        for owner, event in EVENTS
    )
    source = (ROOT / "services" / service / "bootstrap.py").read_text(encoding="utf-8")
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    hooks = [
        keyword
        for call in calls
        if ast.unparse(call.func) in {"Service", "Service.of"}
        for keyword in call.keywords
        if keyword.arg == "erase"
    ]
    assert hooks or (not stores and service in WITHOUT_HOOK)


@pytest.mark.parametrize("service", SERVICES)
def test_no_two_stored_events_of_a_service_have_one_name(service: str) -> None:
    """A stored event is found by its name: two of one name cannot be read any more."""
    stored = [
        event.type_name()
        for owner, event in EVENTS
        if owner == service and issubclass(event, DomainEvent)
    ]
    assert len(stored) == len(set(stored))
