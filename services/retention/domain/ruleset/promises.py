"""What no rule set may break: the terms the policy promises and the minimum the law sets."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from services.retention.domain.calendar import Term, parse_term
from services.retention.domain.clocks.anchors import AnchorName
from services.retention.domain.clocks.conditions import ConditionName
from services.retention.domain.ruleset.model import Rule, RuleSet
from shared.events.erasure import ErasureMode
from shared.personal import Category
from shared.yaml_text import Path


@dataclass(frozen=True, slots=True)
class Promised:
    """One promise over some categories: some rule must keep it."""

    promise: str
    categories: tuple[Category, ...]
    ends: Mapping[AnchorName, Term]
    """An end no later than this after each of these anchors."""
    when: frozenset[ConditionName] = frozenset({"always"})
    """Under one of these conditions."""
    may_wait_for: frozenset[AnchorName] = frozenset()
    """Anchors that may move the end back to themselves, no further."""
    not_after: Mapping[AnchorName, Term] = field(default_factory=dict)
    then: ErasureMode | None = None
    minimum: Term | None = None
    """What the law forbids to go below, from the anchors of `ends` and from no other."""


def _terms(**terms: str) -> dict[AnchorName, Term]:
    return {anchor: parse_term(text) for anchor, text in terms.items()}  # type: ignore[misc]


_WHOLE_ACCOUNT: Final = (
    Category.CIVIL_IDENTITY,
    Category.CONTACT,
    Category.CREDENTIALS,
    Category.PROFILE,
    Category.MINORITY,
    Category.LEARNING_HISTORY,
    Category.SUPPORT,
    Category.RECORDING,
    Category.TECHNICAL_TRACES,
)
_ANY_LEARNER: Final = frozenset[ConditionName]({"always", "learner"})

PROMISES: Final = (
    Promised(
        "C2.1",
        (Category.CIVIL_IDENTITY, Category.CONTACT, Category.PROFILE),
        _terms(last_activity="P3Y"),
        may_wait_for=frozenset({"contract_end"}),
        not_after=_terms(contract_end="P3Y"),
    ),
    Promised(
        "C2.5",
        (Category.CREDENTIALS,),
        _terms(last_activity="P3Y"),
        when=_ANY_LEARNER,
        may_wait_for=frozenset({"contract_end"}),
        not_after=_terms(contract_end="P3Y"),
    ),
    Promised(
        "C2.2",
        (Category.CONTACT,),
        _terms(contact_not_needed="P0D"),
        when=frozenset({"consent_withdrawn"}),
    ),
    Promised("C2.3", (Category.LEARNING_HISTORY,), _terms(last_login="P5Y"), then="anonymised"),
    Promised("C2.6", (Category.LEARNING_HISTORY,), _terms(certification="P5Y"), then="anonymised"),
    Promised(
        "C2.8",
        (Category.PAYMENT,),
        _terms(accounting_year_end="P10Y"),
        then="deleted",
        minimum=parse_term("P10Y"),
    ),
    Promised("C2.7", (Category.SUPPORT,), _terms(final_resolution="P2Y"), then="deleted"),
    Promised(
        "C2.9",
        (Category.PROSPECT,),
        _terms(last_interaction="P3Y"),
        then="deleted",
    ),
    Promised(
        "C2.10",
        (Category.RECORDING,),
        _terms(session_recorded="P30D"),
        when=frozenset({"always", "not_kept"}),
        may_wait_for=frozenset({"recording_released"}),
        then="deleted",
    ),
    Promised(
        "C8.4",
        _WHOLE_ACCOUNT,
        _terms(erasure_request="P0D"),
        when=frozenset({"erasure_requested"}),
        then="deleted",
    ),
    Promised("C11.1", (Category.MINORITY,), _terms(minority_over="P0D"), then="deleted"),
    Promised(
        "C11.2",
        _WHOLE_ACCOUNT,
        _terms(blocked="P7D"),
        when=frozenset({"minor_without_agreement"}),
        then="deleted",
    ),
)


def broken(rules: RuleSet) -> Iterator[tuple[Path, str]]:
    """Yield where `rules` break a promise or the law, and how, each mistake once."""
    told: set[tuple[Path, str]] = set()
    for promised in PROMISES:
        for category in promised.categories:
            for mistake in _broken(rules, promised, category):
                if mistake not in told:
                    told.add(mistake)
                    yield mistake


def _broken(rules: RuleSet, promised: Promised, category: Category) -> Iterator[tuple[Path, str]]:
    covering = [
        (place, rule)
        for place, rule in enumerate(rules.rules)
        if category in rule.categories and rule.when in promised.when
    ]
    if not covering:
        when = " or ".join(sorted(promised.when))
        yield (("rules",), f"no rule for {category} when {when}: {promised.promise} needs one")
        return
    faults = [list(_faults(rule, promised)) for _, rule in covering]
    # The earliest end counts, so that one rule that keeps the promise is enough.
    if all(faults):
        place = covering[0][0]
        for path, message in faults[0]:
            yield (("rules", place, *path), message)


def _faults(rule: Rule, promised: Promised) -> Iterator[tuple[Path, str]]:
    for bound, limits in (("ends", promised.ends), ("not_after", promised.not_after)):
        for anchor, longest in limits.items():
            yield from _too_late(rule, promised, bound, anchor, longest)
    for place, moment in enumerate(rule.term.not_before):
        if moment.anchor not in promised.may_wait_for or moment.after.as_days() > 0:
            told = f"{moment.anchor} + {moment.after} would keep it beyond {promised.promise}"
            yield (("term", "not_before", place), told)
    if promised.then is not None and rule.then != promised.then:
        yield (("then",), f"{promised.promise} promises {promised.then}")
    if promised.minimum is not None:
        yield from _too_early(rule, promised, promised.minimum)


def _too_late(
    rule: Rule, promised: Promised, bound: str, anchor: AnchorName, longest: Term
) -> Iterator[tuple[Path, str]]:
    named = [
        (place, moment)
        for place, moment in enumerate(getattr(rule.term, bound))
        if moment.anchor == anchor
    ]
    if not named:
        told = f"{promised.promise} needs {anchor} + {longest} among them"
        yield (("term", bound), told)
    elif all(moment.after.as_days() > longest.as_days() for _, moment in named):
        place, moment = named[0]
        told = f"{moment.after} is longer than the {longest} that {promised.promise} promises"
        yield (("term", bound, place, "after"), told)


def _too_early(rule: Rule, promised: Promised, minimum: Term) -> Iterator[tuple[Path, str]]:
    declared = rule.legal_minimum
    if declared is None or declared.as_days() < minimum.as_days():
        yield (("legal_minimum",), f"the law demands {minimum} at least ({promised.promise})")
    for place, moment in enumerate(rule.term.ends):
        if moment.anchor not in promised.ends:
            told = f"the law counts from {', '.join(promised.ends)}, not from {moment.anchor}"
            yield (("term", "ends", place, "anchor"), told)
