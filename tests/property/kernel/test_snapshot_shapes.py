"""Every state of the product survives being kept: what is loaded equals what was dumped."""

from collections.abc import Iterable, Mapping
from dataclasses import fields as fields_of
from dataclasses import is_dataclass
from datetime import UTC, datetime
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel

from services.consent.domain.state import ConsentState
from services.identity.domain.learner.state import Learner
from services.identity.domain.prospect.state import Prospect
from services.identity.domain.staff.state import StaffMember
from services.identity.domain.support.state import SupportRequest
from services.learning.domain.enrolment.state import EnrolmentState
from services.learning.domain.invoice.state import InvoiceState
from services.learning.domain.recording.state import RecordingState
from services.notify.domain.state import MessageState
from services.retention.domain.hold.state import HoldState
from services.retention.domain.matter.state import MatterState
from services.retention.domain.watch.decide import WatchState
from shared.personal import Category, Erased, Personal, Sealed
from shared.snapshots import Shape

STATES = [
    ConsentState,
    Learner,
    Prospect,
    StaffMember,
    SupportRequest,
    EnrolmentState,
    InvoiceState,
    RecordingState,
    MessageState,
    HoldState,
    MatterState,
    WatchState,
]
SEALED = Sealed(subject="subject-1", category=Category.CONTACT, field="email", box="AAAA")


WORDS = st.characters(exclude_categories=["No", "Cs"])
"""What validation takes for a word or a sign: a power of two is a word to `re` alone."""
TEXT = st.from_regex(r"[A-Za-z0-9._:-]{1,40}", fullmatch=True)


def _values(kind: Any) -> st.SearchStrategy[Any]:
    """Return what a field declared as `kind` may hold."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _annotated(*arguments)
    if origin is Personal:
        hidden = st.sampled_from([SEALED, Erased(category=Category.CONTACT)])
        return st.one_of(_values(arguments[0]), hidden).map(Personal)
    if origin in {Union, UnionType}:
        return st.one_of([_values(one) for one in arguments])
    if origin in {dict, Mapping}:
        return st.dictionaries(_values(arguments[0]), _values(arguments[1]), max_size=3)
    if origin is tuple and arguments[-1] is not Ellipsis:
        return st.tuples(*(_values(one) for one in arguments))
    if origin in {tuple, frozenset, list}:
        return st.lists(_values(arguments[0]), max_size=3).map(origin)
    if kind in {str, Any} or getattr(kind, "__supertype__", None) is str:
        return TEXT
    if kind in {datetime, AwareDatetime}:
        return st.datetimes(timezones=st.just(UTC))
    if isinstance(kind, type) and (is_dataclass(kind) or issubclass(kind, BaseModel)):
        fields = get_type_hints(kind, include_extras=True)
        declared = {name: _values(fields[name]) for name in _fields(kind)}
        return st.builds(kind, **declared)
    return st.from_type(kind)


def _annotated(kind: Any, *constraints: Any) -> st.SearchStrategy[Any]:
    for pattern in (getattr(one, "pattern", None) for one in constraints):
        if pattern:
            # A dollar sign would let a line end follow.
            return st.from_regex(pattern.strip("^$"), fullmatch=True, alphabet=WORDS)
    return _values(kind)


def _fields(kind: Any) -> Iterable[str]:
    return kind.model_fields if issubclass(kind, BaseModel) else (f.name for f in fields_of(kind))


@pytest.mark.parametrize("kind", STATES, ids=lambda kind: kind.__name__)
def test_what_is_loaded_equals_what_was_dumped(kind: type) -> None:
    shape = Shape(kind(), lambda state, _: state)

    @settings(max_examples=50)
    @given(_values(kind))
    def holds(state: Any) -> None:
        assert shape.load(shape.dump(state)) == state

    holds()
