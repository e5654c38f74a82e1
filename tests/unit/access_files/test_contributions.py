"""Whatever a service holds about a person is in its part, and nothing of anybody else."""

import ast
import json
from typing import Any, Final

import pytest

from services.identity.application.contribution import SECRET
from services.identity.domain.support.events import RequestAssigned
from services.learning.application.held import HIDDEN as HELD_BACK
from services.notify.application.read import HIDDEN as LINKS
from shared.access_files import CONTRIBUTORS, facts_of, values_of
from shared.access_files.compose import OF_OTHERS, STRUCK, struck
from shared.events.base import DomainEvent, Event, SubjectId
from shared.personal import Personal, personal_fields
from tests.unit.docs.documents import ROOT
from tests.unit.test_personal_registry import ABOUT_TWO, EVENTS, STORED, SUBJECT, _recorded

CONCEALED: Final = {"identity": SECRET, "learning": HELD_BACK, "notify": LINKS}
OTHER: Final = SubjectId("somebody-else")
CANARY: Final = "Clémentine Canari"


@pytest.mark.promise("C8.1")
def test_every_service_that_holds_personal_values_owes_a_part() -> None:
    holders = {owner for owner, event in EVENTS if personal_fields(event)}
    assert holders <= set(CONTRIBUTORS)


@pytest.mark.promise("C8.1")
@pytest.mark.parametrize("service", CONTRIBUTORS)
def test_a_service_that_owes_a_part_composes_one(service: str) -> None:
    source = (ROOT / "services" / service / "bootstrap.py").read_text(encoding="utf-8")
    given = [
        keyword.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"Service", "Service.of"}
        for keyword in node.keywords
        if keyword.arg == "contribute"
    ]
    assert len(given) == 1, "a file would wait for ever"


@pytest.mark.promise("C8.1")
@pytest.mark.parametrize(("owner", "event"), STORED)
def test_every_personal_field_is_told_or_withheld_for_a_reason(
    owner: str, event: type[Event]
) -> None:
    concealed = CONCEALED.get(owner, ())
    recorded = _recorded(event)
    others = {name: Personal("somebody") for name in OF_OTHERS & personal_fields(event).keys()}
    recorded = _with(recorded, event, {**dict(recorded.event), **others})
    told = {one.field: one for one in values_of(owner, [recorded], hidden=concealed)}
    assert told.keys() == personal_fields(event).keys()
    for name, one in told.items():
        if name in concealed:
            assert (one.value, one.withheld) == (None, "secret")
        elif name in OF_OTHERS:
            assert (one.value, one.withheld) == (None, "other_person")
        else:
            assert (one.value, one.withheld) == ("planted", None)


@pytest.mark.promise("C8.1", "C4.3")
@pytest.mark.parametrize(("owner", "event"), STORED)
def test_nothing_of_anybody_else_is_told(owner: str, event: type[Event]) -> None:
    """Whatever the event says of others, and whatever texts repeat of it, is struck."""
    if event.__name__ not in ABOUT_TWO:
        return
    recorded = _recorded(event)
    values: dict[str, Any] = dict(recorded.event)
    for name, mark in personal_fields(event).items():
        theirs = mark.about not in ("subject_id", "learner_id")
        values[name] = Personal(CANARY if theirs else f"Bien à vous, {CANARY}.")
        values[mark.about] = OTHER if theirs else SUBJECT
    told = values_of(owner, [_with(recorded, event, values)])
    facts = facts_of([_with(recorded, event, values)], (event,))
    assert CANARY not in json.dumps([one.model_dump(mode="json") for one in (*told, *facts)])
    assert OTHER not in str(facts)
    if event.__name__ == "ReplyGiven":
        assert {one.value for one in told} == {f"Bien à vous, {STRUCK}."}


@pytest.mark.promise("C8.1", "C11.1")
def test_a_guardian_is_told_as_a_role_alone() -> None:
    of_guardians = [event for _, event in EVENTS if OF_OTHERS & personal_fields(event).keys()]
    stored = [event for event in of_guardians if issubclass(event, DomainEvent)]
    assert stored
    for event in stored:
        told = values_of("identity", [_recorded(event)])
        assert all(one.value is None for one in told if one.field in OF_OTHERS)


def test_names_are_struck_as_whole_words_whatever_their_case() -> None:
    assert struck("Ana, ANA et Anatole", ["Ana"]) == f"{STRUCK}, {STRUCK} et Anatole"


def test_a_fact_tells_its_circumstances_without_what_is_empty_or_somebody_elses() -> None:
    event = RequestAssigned(subject_id=SUBJECT, request_id="request-1", assignee="staff-1")
    (fact,) = facts_of(
        [_with(_recorded(RequestAssigned), RequestAssigned, dict(event))], (type(event),)
    )
    assert fact.details == {"request_id": "request-1"}


def _with(recorded: Any, event: type[Event], values: dict[str, Any]) -> Any:
    return recorded.__class__(
        **{
            **{name: getattr(recorded, name) for name in recorded.__slots__},
            "event": event.model_construct(**values),
        }
    )
