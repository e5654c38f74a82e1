"""Each value leads to where it is corrected (C8.2)."""

from datetime import UTC, datetime

import pytest

from services.gateway.held_data import Datum
from services.gateway.labels import FIELDS
from services.gateway.pages.rectification import AT_ONCE, DISPUTED, TECHNICAL, corrected_at

AT = datetime(2030, 3, 1, tzinfo=UTC)


def datum(field: str, *, erased: bool = False, event_id: str | None = "event-1") -> Datum:
    return Datum(field, "x", erased, AT, "learning", event_id)


@pytest.mark.promise("C8.2")
@pytest.mark.parametrize("field", sorted(FIELDS))
def test_every_value_is_corrected_at_once_marked_as_wrong_or_asked_for(field: str) -> None:
    at = corrected_at(datum(field))
    if field in TECHNICAL:
        assert at is None
    elif field in DISPUTED:
        assert at == f"/my-data/disputes/new?about=event-1&field={field}"
    elif field in AT_ONCE:
        assert at is not None
        assert at.startswith("/account")
    elif field.startswith(("consent:", "objection:", "restriction:")):
        assert at == "/consents"
    else:
        assert at is not None
        assert at.startswith("/my-requests?kind=rectification&about=")


def test_what_is_erased_or_has_no_name_is_not_marked() -> None:
    assert corrected_at(datum("first_name", erased=True)) is None
    assert corrected_at(datum("score", event_id=None)) == (
        "/my-requests?kind=rectification&about=score"
    )
