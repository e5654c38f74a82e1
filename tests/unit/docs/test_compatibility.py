"""The gate lets pass what old events and old subscribers survive, and nothing else."""

from copy import deepcopy
from typing import Annotated, Any, ClassVar, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import create_model

from deploy.docs.compatibility import breaks
from deploy.docs.contracts import Contracts, contracts_of
from shared.events.base import Event, Identifier, SubjectId, Upcaster
from shared.personal import Category, Personal, PersonalField


class Praised(Event):
    learner_id: SubjectId
    by: Literal["trainer", "peer"]
    stars: int
    comment: Annotated[Personal[str] | None, PersonalField(Category.LEARNING_HISTORY)] = None


BEFORE = contracts_of("public", [Praised]) | {}
BEFORE["public/Praised"]["topic"] = "learning.events"


def _now(**changes: Any) -> Contracts:
    contracts = deepcopy(BEFORE)
    contracts["public/Praised"] |= changes
    return contracts


def _with_field(name: str, field: Any) -> Contracts:
    contracts = _now()
    contracts["public/Praised"]["schema"]["properties"][name] = field
    return contracts


def test_nothing_changed_breaks_nothing() -> None:
    assert breaks(BEFORE, deepcopy(BEFORE)) == []


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ({}, "removed"),
        (_now(topic="identity.events"), "moved"),
        (_now(version=0), "went back"),
        (_now(version=2), "no upcaster from v1"),
        (_now(version=3, reads=[1]), "no upcaster from v2"),
        (_with_field("stars", {"type": "string"}), "field stars changed"),
        (_with_field("by", {"enum": ["trainer"], "type": "string"}), "field by changed"),
        (_with_field("stars", {"type": "integer", "maximum": 5}), "field stars changed"),
        (_with_field("learner_id", {"type": "string", "pattern": "x"}), "field learner_id changed"),
    ],
)
def test_what_old_events_or_old_subscribers_would_not_survive_is_refused(
    now: Contracts, said: str
) -> None:
    assert said in breaks(BEFORE, now)[0]


def test_a_field_that_is_no_longer_personal_or_of_another_category_is_refused() -> None:
    comment = BEFORE["public/Praised"]["schema"]["properties"]["comment"]
    for field in ({"type": "string"}, {**comment, "x-personal-category": "contact"}):
        assert breaks(BEFORE, _with_field("comment", field))


def test_a_removed_and_a_new_required_field_are_refused() -> None:
    contracts = _with_field("colour", {"type": "string"})
    contracts["public/Praised"]["schema"]["required"].append("colour")
    del contracts["public/Praised"]["schema"]["properties"]["stars"]
    removed, required = breaks(BEFORE, contracts)
    assert "field stars was removed" in removed
    assert "field colour is new and is required" in required


def test_a_new_event_a_new_optional_field_and_a_new_value_are_let_pass() -> None:
    contracts = _with_field("by", {"enum": ["trainer", "peer", "machine"], "type": "string"})
    contracts["public/Praised"]["schema"]["properties"]["colour"] = {"type": "string"}
    contracts["public/Blamed"] = contracts["public/Praised"]
    assert breaks(BEFORE, contracts) == []


TYPES: Any = [int, bool, Identifier, str | None, Literal["a", "b"], Literal["a", "b", "c"]]
VALUES: Any = [1, True, "id-1", None, "a", "b"]
Fields = dict[str, tuple[int, bool]]
"""Index of the type, and whether there is a default."""

FIELDS = st.dictionaries(
    st.sampled_from("pqrs"), st.tuples(st.integers(0, len(TYPES) - 1), st.booleans())
)


def _event(fields: Fields) -> type[Event]:
    definitions: Any = {
        name: (TYPES[kind], VALUES[kind] if optional else ...)
        for name, (kind, optional) in fields.items()
    }
    return create_model("Thing", __base__=Event, **definitions)


@given(FIELDS, FIELDS)
def test_whatever_passes_reads_everything_recorded_before(before: Fields, now: Fields) -> None:
    older, newer = _event(before), _event(now)
    if breaks(contracts_of("public", [older]), contracts_of("public", [newer])):
        return
    for with_optional in (False, True):
        recorded = {
            name: VALUES[kind]
            for name, (kind, optional) in before.items()
            if with_optional or not optional
        }
        read = newer.model_validate(recorded).model_dump(mode="json")
        assert recorded.items() <= read.items()


def _renamed(data: dict[str, Any]) -> dict[str, Any]:
    return {"stars": data["points"]}


def _doubled(data: dict[str, Any]) -> dict[str, Any]:
    return {"stars": data["stars"] * 2}


class Rated(Event):
    VERSION: ClassVar[int] = 3
    UPCASTERS: ClassVar[dict[int, Upcaster]] = {1: _renamed, 2: _doubled}

    stars: int


def test_a_chain_of_upcasters_makes_a_raised_version_pass() -> None:
    older = {"public/Rated": {"version": 1, "reads": [], "schema": {}, "topic": None}}
    assert breaks(older, contracts_of("public", [Rated])) == []
