"""Records from elsewhere: kept as brought, once, and never more than may be (C8.5)."""

from datetime import UTC, datetime

import pytest

from services.learning.domain.errors import OwnRecordError, TooManyImportedError
from services.learning.domain.imported.decide import (
    MOST,
    ImportedState,
    ImportRecord,
    decide,
    evolve,
)
from shared.events.base import SubjectId
from shared.personal import Personal
from shared.portability.file import Imported
from tests.unit.portability.given import SOURCE, answer, course

NOW = datetime(2026, 5, 2, 9, 0, tzinfo=UTC)
BROUGHT = Imported(source=SOURCE, record=course(answer()))


def command(
    brought: Imported = BROUGHT, own: frozenset[str] = frozenset(), others: int = 0
) -> ImportRecord:
    return ImportRecord(SubjectId("learner-1"), "import-1", brought, NOW, own, others)


@pytest.mark.promise("C8.5")
def test_a_record_is_kept_as_it_was_brought_and_once() -> None:
    (event,) = decide(command(), ImportedState())
    assert Imported.model_validate_json(event.record.text()) == BROUGHT
    state = evolve(ImportedState(), event)
    assert decide(command(), state) == []
    later = Imported(source=SOURCE, record=course(answer(), answer("b")))
    (replaced,) = decide(command(later), state)
    assert replaced.import_id == event.import_id


@pytest.mark.promise("C8.5", "C5.2")
def test_what_was_recorded_here_is_not_kept_as_if_it_came_from_elsewhere() -> None:
    with pytest.raises(OwnRecordError):
        decide(command(own=frozenset({BROUGHT.record.id})), ImportedState())


@pytest.mark.promise("C8.5")
def test_no_more_are_kept_than_may_be_but_those_kept_can_change() -> None:
    with pytest.raises(TooManyImportedError):
        decide(command(others=MOST), ImportedState())
    kept = ImportedState("import-1", Personal("{}"))
    assert len(decide(command(others=MOST), kept)) == 1
