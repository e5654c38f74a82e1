"""What another rule set would change: rule by rule, and for whom."""

from datetime import timedelta

import pytest

from services.retention.domain.clocks.trial import Effect, changes_for
from services.retention.domain.life.life import Scope
from services.retention.domain.ruleset.difference import FieldChange, RuleChange, differences
from services.retention.domain.ruleset.model import RuleSet
from services.retention.domain.ruleset.parse import well_formed
from shared.personal import Category
from tests.unit.retention.given import POLICY, RULES, Story, on

TEXT = POLICY.read_text(encoding="utf-8")
SUPPORT = "ends: [{anchor: final_resolution, after: P2Y}]"


def changed(old: str, new: str) -> RuleSet:
    assert TEXT.count(old) == 1
    return well_formed(TEXT.replace(old, new), "other.yaml")


def support_for(term: str) -> RuleSet:
    return changed(SUPPORT, SUPPORT.replace("P2Y", term))


def resolved() -> Story:
    return Story().registers("2026-01-02").asks_support("2026-01-03").is_resolved("2026-01-10")


def test_a_changed_term_is_told_with_what_it_was() -> None:
    assert differences(RULES, support_for("P1Y")) == [
        RuleChange(
            "support",
            "changed",
            (FieldChange("ends", ("final_resolution + P2Y",), ("final_resolution + P1Y",)),),
        )
    ]
    assert differences(RULES, RULES) == []


def test_a_rule_that_is_new_or_gone_is_told_with_all_it_says() -> None:
    renamed = changed("  - id: support\n", "  - id: assistance\n")
    added, removed = differences(RULES, renamed)
    assert (added.rule_id, added.kind) == ("assistance", "added")
    assert (removed.rule_id, removed.kind) == ("support", "removed")
    ends = next(one for one in removed.fields if one.field == "ends")
    assert ends == FieldChange("ends", ("final_resolution + P2Y",), ())


@pytest.mark.promise("C2.7", "C2.11")
@pytest.mark.parametrize(
    ("term", "now", "effect", "days"),
    [
        ("P1Y", "2026-06-01", Effect.EARLIER, -365),
        ("P1Y", "2027-06-01", Effect.AT_ONCE, -365),
        ("P3Y", "2026-06-01", Effect.LATER, 366),
    ],
)
def test_another_term_moves_the_end(term: str, now: str, effect: Effect, days: int) -> None:
    [found] = changes_for(resolved().life(), RULES, support_for(term), on(now))
    assert (found.scope, found.effect) == (Scope(Category.SUPPORT, "r1"), effect)
    assert found.shift == timedelta(days=days)


def test_what_is_due_already_is_not_told_as_due_at_once() -> None:
    [found] = changes_for(resolved().life(), RULES, support_for("P1Y"), on("2028-06-01"))
    assert found.effect is Effect.EARLIER


def test_another_way_on_the_same_day_is_told() -> None:
    term = "certification}, {anchor: last_activity, after: P6M}]\n    then: "
    other = changed(term + "anonymised", term + "deleted")
    story = Story().registers("2026-01-02").signs_in("2026-01-02")
    story.enrols("2026-01-03", "2026-06-30").answers("2026-01-04")
    [found] = changes_for(story.life(), RULES, other, on("2026-02-01"))
    assert (found.scope.category, found.effect) == (Category.LEARNING_HISTORY, Effect.OTHERWISE)


def test_an_anchor_that_would_be_missing_is_an_alarm_and_the_other_way_round() -> None:
    other = changed(
        SUPPORT,
        SUPPORT.replace("final_resolution", "session_recorded"),
    )
    life = resolved().life()
    [found] = changes_for(life, RULES, other, on("2026-06-01"))
    assert (found.effect, found.after) == (Effect.ALARM, None)
    [back] = changes_for(life, other, RULES, on("2026-06-01"))
    assert (back.effect, back.before) == (Effect.NO_LONGER_ALARM, None)


def test_what_would_have_no_end_yet_is_told() -> None:
    other = changed(
        SUPPORT, SUPPORT.replace("final_resolution", "account_closed").replace("P2Y", "P0D")
    )
    found = {one.effect for one in changes_for(resolved().life(), RULES, other, on("2026-06-01"))}
    assert found <= {Effect.NO_LONGER_DATED, Effect.ALARM}
    assert found
