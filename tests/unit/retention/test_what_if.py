"""What if: given a life, when something is supposed, then..."""

import pytest

from services.retention.domain.clocks.what_if import what_if
from services.retention.domain.life.suppose import Supposition, What, suppose
from services.retention.domain.ruleset.model import RuleSet
from shared.personal import Category
from tests.unit.retention.given import RULES, Story, on


def lived() -> Story:
    story = Story().registers("2026-01-01").confirms("2026-01-01").signs_in("2026-01-02")
    story.consents("2026-01-02").enrols("2026-01-03", "2029-06-30").answers("2026-01-04")
    return story.is_invoiced("2026-01-03", "2026-12-31")


def outlook(story: Story, what: What, at: str, rules: RuleSet = RULES) -> dict[Category, str]:
    _, found = what_if(rules, story.life(), [Supposition(what, on(at))])
    return {one.scope.category: str(one.after.due)[:10] for one in found if one.changed}


@pytest.mark.promise("C2.1", "C2.3", "C2.4", "C8.1", "C8.4")
@pytest.mark.parametrize(
    ("what", "changed"),
    [
        ("signs_in", {"learning_history": "2031-03-01", "civil_identity": "2029-06-30"}),
        ("contract_ends", {"civil_identity": "2029-03-01"}),
        ("closes_account", {"civil_identity": "2029-03-01"}),
        ("asks_erasure", {"civil_identity": "2026-03-01", "learning_history": "2026-03-01"}),
        ("withdraws_consent", {}),
    ],
)
def test_what_is_supposed_moves_the_ends_it_should_and_no_others(
    what: What, changed: dict[str, str]
) -> None:
    found = outlook(lived(), what, "2026-03-01")
    assert "payment" not in found, "the law's minimum stands whatever happens"
    if what == "signs_in":
        changed = {"learning_history": changed["learning_history"]}
    assert {category: found.get(Category(category)) for category in changed} == changed


def test_the_life_itself_stays_as_it_is() -> None:
    life = lived().life()
    before = life.to_document()
    suppose(life, [Supposition("asks_erasure", on("2026-03-01"))])
    assert life.to_document() == before
