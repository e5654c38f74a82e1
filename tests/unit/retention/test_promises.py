"""No rule set may break a promise of the policy, or the law: refused with file, line and rule."""

import re

import pytest

from services.retention.domain.errors import RuleSetError
from services.retention.domain.ruleset.parse import parse_rule_set, well_formed
from tests.unit.retention.given import POLICY

TEXT = POLICY.read_text(encoding="utf-8")
ACCOUNT = (
    "      ends: [{anchor: last_activity, after: P3Y}]\n      not_before: [{anchor: contract_end}"
)


@pytest.mark.promise(
    "C2.1", "C2.2", "C2.3", "C2.4", "C2.6", "C2.7", "C2.8", "C2.9", "C2.10", "C8.4", "C11.2"
)
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("after: P10Y", "after: P11Y", "invoices: term.ends.0.after: P11Y is longer"),
        ("legal_minimum: P10Y\n", "legal_minimum: P9Y\n", "invoices: legal_minimum: the law"),
        ("    legal_minimum: P10Y\n", "", "invoices: legal_minimum: the law demands P10Y"),
        (
            "{anchor: accounting_year_end, after: P10Y}",
            "{anchor: accounting_year_end, after: P10Y}, {anchor: invoice_issued, after: P10Y}",
            "invoices: term.ends.1.anchor: the law counts from accounting_year_end",
        ),
        ("session_recorded, after: P30D", "session_recorded, after: P1M", "recordings: term.ends"),
        ("last_login, after: P5Y", "last_login, after: P6Y", "learning-history: term.ends.0"),
        ("        - {anchor: certification, after: P5Y}\n", "", "C2.6 needs certification + P5Y"),
        ("then: anonymised", "then: deleted", "learning-history: then: C2.3 promises anonymised"),
        ("after: P2Y", "after: P25M", "support: term.ends.0.after: P25M is longer"),
        ("last_interaction, after: P3Y", "last_interaction, after: P4Y", "prospects: term.ends.0"),
        (ACCOUNT, ACCOUNT.replace("P3Y", "P4Y"), "civil-identity: term.ends.0.after: P4Y"),
        (
            ACCOUNT,
            ACCOUNT.replace("{anchor: contract_end", "{anchor: contract_end, after: P1D"),
            "civil-identity: term.not_before.0: contract_end + P1D would keep it beyond C2.1",
        ),
        ("      not_after: [{anchor: contract_end, after: P3Y}]\n", "", "C2.1 needs contract_end"),
        ("when: consent_withdrawn", "when: never_confirmed", "C2.2 needs one"),
        ("erasure_request, after: P0D", "erasure_request, after: P1D", "own-request: term.ends.0"),
        ("blocked, after: P7D", "blocked, after: P8D", "minor-without-agreement"),
    ],
)
def test_a_broken_promise_is_refused_with_file_line_and_rule(old: str, new: str, told: str) -> None:
    assert old in TEXT
    with pytest.raises(RuleSetError, match=re.escape(told)) as caught:
        parse_rule_set(TEXT.replace(old, new, 1), "rules.yaml")
    assert all(re.match(r"rules\.yaml:\d+: ", line) for line in str(caught.value).splitlines())
    assert well_formed(TEXT.replace(old, new, 1), "rules.yaml").rules


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("after: P2Y", "after: P24M"),
        ("session_recorded, after: P30D", "session_recorded, after: P1W"),
        ("trace_collected, after: P6M", "trace_collected, after: P12M"),
        ("last_login, after: P5Y", "last_login, after: P1Y"),
    ],
)
def test_what_is_shorter_or_never_promised_may_be_chosen(old: str, new: str) -> None:
    assert old in TEXT
    assert parse_rule_set(TEXT.replace(old, new, 1), "rules.yaml").rules


def test_a_second_rule_with_a_longer_term_breaks_nothing_because_the_earliest_counts() -> None:
    copied = re.search(r"  - id: support\n.*?(?=  - id: prospects)", TEXT, re.DOTALL)
    assert copied is not None
    longer = copied[0].replace("id: support", "id: support-longer").replace("P2Y", "P5Y")
    assert parse_rule_set(TEXT.replace(copied[0], longer + copied[0]), "rules.yaml").rules


def test_every_mistake_is_told_at_once() -> None:
    text = TEXT.replace("after: P2Y", "after: P3Y", 1).replace("after: P10Y", "after: P11Y", 1)
    with pytest.raises(RuleSetError) as caught:
        parse_rule_set(text, "rules.yaml")
    told = str(caught.value)
    assert "rule support" in told
    assert "rule invoices" in told
