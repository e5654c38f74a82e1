"""The rule set: complete, coherent, and every mistake told with file, line and rule."""

import re
from pathlib import Path

import pytest

from services.retention.domain.errors import RuleSetError
from services.retention.domain.ruleset.parse import parse_rule_set
from shared.personal import WITHOUT_TERM, Category
from tests.unit.retention.given import POLICY, RULES

TEXT = POLICY.read_text(encoding="utf-8")
README = Path(POLICY).parents[1] / "README.md"


@pytest.mark.promise(
    "C2.1", "C2.2", "C2.3", "C2.4", "C2.5", "C2.6", "C2.7", "C2.8", "C2.9", "C2.10", "C2.11"
)
def test_every_row_of_the_policy_has_a_rule_and_every_category_too() -> None:
    promised = {promise for rule in RULES.rules for promise in rule.promises}
    assert {f"C2.{row}" for row in range(1, 12)} <= promised
    assert {category for rule in RULES.rules for category in rule.categories} == (
        set(Category) - WITHOUT_TERM
    )


@pytest.mark.promise("C9.4")
def test_what_has_a_legal_minimum_rests_on_a_legal_obligation() -> None:
    with_minimum = [rule for rule in RULES.rules if rule.legal_minimum]
    assert [rule.categories for rule in with_minimum] == [(Category.PAYMENT,)]
    assert all(rule.legal_basis == "legal_obligation" for rule in with_minimum)


def test_what_the_policy_is_silent_about_is_marked_as_the_controllers_choice() -> None:
    chosen = {rule.id for rule in RULES.rules if rule.controllers_choice}
    assert chosen == {
        "access-file",
        "credentials",
        "dead-letters",
        "mail-content",
        "minority",
        "minority-over",
        "never-confirmed",
        "official-demands",
        "recordings-kept",
        "staff",
        "technical-traces",
    }


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("after: P10Y", "after: P9Y", "rule invoices: the term is shorter than the legal minimum"),
        ("after: P2Y", "after: two years", "rule support: term.ends.0.after: 'two years' is not"),
        ("anchor: last_login", "anchor: lost", "rule learning-history: term.ends.0.anchor"),
        ("promises: [C2.9, C2.11]", "promises: [C2]", "rule prospects: promises.0"),
        ("id: support", "id: profile", "two rules are called profile"),
        ("categories: [prospect]", "categories: [payment]", "rule prospects: payment has its"),
        ("then: anonymised", "then: forgotten", "rule learning-history: then"),
        ("legal_minimum: P10Y", "legal_minimum: PT1H", "rule invoices: legal_minimum"),
        ('version: "2025-01-12"', "version: latest", "version"),
        ("rules:\n", "rules: [\n", "not YAML"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_rule(old: str, new: str, told: str) -> None:
    assert old in TEXT
    with pytest.raises(RuleSetError, match=re.escape(told)) as caught:
        parse_rule_set(TEXT.replace(old, new, 1), "rules.yaml")
    assert re.match(r"rules\.yaml:\d+: ", str(caught.value))


def test_the_line_told_is_the_line_of_the_mistake() -> None:
    broken = TEXT.replace("after: P2Y", "after: two years", 1)
    line = next(n for n, text in enumerate(broken.splitlines(), 1) if "two years" in text)
    with pytest.raises(RuleSetError, match=f"rules.yaml:{line}: rule support"):
        parse_rule_set(broken, "rules.yaml")


def test_a_category_without_a_rule_is_refused() -> None:
    cut = re.sub(r"  - id: support\n.*?(?=  - id: prospects)", "", TEXT, flags=re.DOTALL)
    with pytest.raises(RuleSetError, match="no rule covers support"):
        parse_rule_set(cut, "rules.yaml")


def test_the_readme_lists_the_rules_in_force() -> None:
    text = README.read_text(encoding="utf-8")
    for rule in RULES.rules:
        ends = ", ".join(f"`{m.anchor}` + {m.after}" for m in rule.term.ends)
        row = f"| `{rule.id}` | {', '.join(rule.promises)} | {', '.join(rule.categories)} | {ends} "
        assert row in text, row
