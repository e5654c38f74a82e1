"""What a learner brings from elsewhere has a clock like everything held (C2.11, C8.5)."""

import pytest

from shared.events.learning import LearningRecordImported
from shared.personal import Personal
from tests.unit.retention.given import WHO, Story, on

BROUGHT = LearningRecordImported(learner_id=WHO, import_id="import-1", record=Personal("{}"))


@pytest.mark.promise("C8.5", "C2.3", "C2.11")
def test_an_imported_record_goes_five_years_after_the_last_login() -> None:
    story = Story().registers("2026-01-01").confirms("2026-01-01").signs_in("2026-01-02T08:00")
    clock = story.tell("2026-01-02T09:00", BROUGHT).clock("learning-history", "import-1")
    assert clock.due == on("2031-01-02T08:00")


@pytest.mark.promise("C2.5")
def test_bringing_a_record_is_an_act_of_the_learner() -> None:
    story = Story().registers("2026-01-01").confirms("2026-01-01").tell("2026-03-01", BROUGHT)
    assert story.life().last["activity"] == on("2026-03-01")
