"""JSON of ours is read as ever; JSON that could be read in two ways is not read at all."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.http.strict_json import DEEPEST, BrokenJSONError, parse

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**28), 10**28)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
)
VALUES = st.recursive(
    SCALARS, lambda some: st.lists(some, max_size=4) | st.dictionaries(TEXT, some, max_size=4)
)


@given(VALUES, st.booleans())
def test_what_is_written_in_one_way_is_read_so(value: object, ascii_only: bool) -> None:
    assert parse(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@given(st.binary(max_size=60))
def test_whatever_bytes_come_they_are_read_or_refused(body: bytes) -> None:
    try:
        value = parse(body)
    except BrokenJSONError:
        return
    assert json.loads(body) == value


@given(TEXT, VALUES, VALUES)
def test_of_two_values_under_one_name_neither_is_believed(
    name: str, one: object, other: object
) -> None:
    member = json.dumps(name)
    body = f"[{{{member}:{json.dumps(one)},{member}:{json.dumps(other)}}}]"
    with pytest.raises(BrokenJSONError):
        parse(body.encode())


def test_nesting_has_an_end() -> None:
    assert parse(b"[" * DEEPEST + b"]" * DEEPEST)
    with pytest.raises(BrokenJSONError):
        parse(b"[" * (DEEPEST + 2) + b"]" * (DEEPEST + 2))
