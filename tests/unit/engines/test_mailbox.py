"""The embedded mailbox keeps its copies for 30 days, as the rules say of mail."""

import os
from pathlib import Path

import pytest

from shared.engines.mailbox_server import KEPT_SECONDS, forget_old
from tests.unit.retention.given import RULES


@pytest.mark.promise("C2.11")
def test_a_copy_goes_after_thirty_days_and_not_before(tmp_path: Path) -> None:
    now = 2_000_000_000.0
    ages = {"new/old": KEPT_SECONDS + 1, "cur/old": KEPT_SECONDS + 1, "new/fresh": KEPT_SECONDS - 1}
    for name, age in ages.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("letter")
        os.utime(file, (now - age, now - age))
    assert forget_old(tmp_path, now) == 2
    assert [str(f.relative_to(tmp_path)) for f in tmp_path.rglob("*") if f.is_file()] == [
        "new/fresh"
    ]
    assert forget_old(tmp_path / "nowhere", now) == 0


def test_it_is_the_term_that_the_rules_name() -> None:
    rule = RULES.rule("mail-content")
    assert rule is not None
    assert [end.after.as_days() * 24 * 3600 for end in rule.term.ends] == [KEPT_SECONDS]
