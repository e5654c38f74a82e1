"""Rule sets of any shape: those that ship, and invented ones that promise nothing."""

from collections.abc import Iterable
from typing import Any, get_args

from hypothesis import strategies as st

from deploy.rules.rule_file import load
from services.retention.domain.calendar import parse_term
from services.retention.domain.clocks.anchors import AnchorName
from services.retention.domain.clocks.conditions import ConditionName
from services.retention.domain.ruleset.model import RuleSet
from shared.personal import WITHOUT_TERM, Category
from tests.unit.retention.given import POLICY

SHIPPED = [load(file) for file in sorted(POLICY.parent.glob("*.yaml"))]
COVERED = sorted(set(Category) - WITHOUT_TERM)
TERMS = ["P0D", "P1D", "P7D", "P30D", "P1M", "P6M", "P1Y", "P3Y", "P5Y", "P10Y"]
USUAL: list[AnchorName] = ["last_activity", "last_login", "contract_end", "certification"]

moments = st.fixed_dictionaries(
    {
        "anchor": st.sampled_from([*USUAL * 4, *get_args(AnchorName)]),
        "after": st.sampled_from(TERMS),
    }
)


@st.composite
def timings(draw: st.DrawFn) -> dict[str, Any]:
    """Return what a rule says of when."""
    ends = draw(st.lists(moments, min_size=1, max_size=3))
    shortest = min(parse_term(end["after"]).as_days() for end in ends)
    minima = [None, *(term for term in TERMS if parse_term(term).as_days() <= shortest)]
    few = st.lists(moments, max_size=1)
    return {
        "term": {"ends": ends, "not_before": draw(few), "not_after": draw(few)},
        "archive": draw(st.lists(moments, max_size=2)),
        "legal_minimum": draw(st.sampled_from(minima)),
        "notice": draw(st.sampled_from([None, "P30D"])),
    }


@st.composite
def _invented(draw: st.DrawFn) -> RuleSet:
    shared = draw(st.lists(timings(), min_size=1, max_size=4))
    rules = [(draw(st.sampled_from(shared)), [category], "always") for category in COVERED]
    some = st.lists(st.sampled_from(COVERED), min_size=1, max_size=6, unique=True)
    for _ in range(draw(st.integers(0, 4))):
        when = draw(st.sampled_from(get_args(ConditionName)))
        rules.append((draw(st.sampled_from(shared)), draw(some), when))
    draw(st.randoms(use_true_random=False)).shuffle(rules)
    return rule_set(rules)


def rule_set(rules: Iterable[tuple[dict[str, Any], list[Category], str]]) -> RuleSet:
    """Return the rules that say so of when, over these categories, under that condition."""
    text = {"fr": "…", "en": "…"}
    said = dict.fromkeys(("basis", "purpose", "title", "reasoning"), text)
    return RuleSet.model_validate(
        {
            "version": "2030-01-01",
            "title": text,
            "reasoning": text,
            "rules": [
                {
                    "id": f"rule-{number}",
                    "promises": ["C2.11"],
                    "categories": categories,
                    "object": "each",
                    "when": when,
                    "then": "deleted",
                    "legal_basis": "contract",
                    **timing,
                    **said,
                }
                for number, (timing, categories, when) in enumerate(rules)
            ],
        }
    )


rule_sets = st.one_of(st.sampled_from(SHIPPED), _invented(), _invented())
