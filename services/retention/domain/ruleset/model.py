"""What a rule set is. A rule names anchors and conditions by their names in `domain/clocks`."""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from services.retention.domain.calendar import Term, TermField
from services.retention.domain.clocks.anchors import AnchorName
from services.retention.domain.clocks.conditions import OF_AN_OBJECT, SPECIAL, ConditionName
from services.retention.domain.clocks.objects import OBJECT_KINDS, ObjectKind
from shared.events.erasure import ErasureMode
from shared.personal import WITHOUT_TERM, Category
from shared.words import Text

RuleId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{2,40}$")]
Promise = Annotated[str, StringConstraints(pattern=r"^C\d{1,2}\.\d{1,2}$")]
LegalBasis = Literal["contract", "consent", "legitimate_interest", "legal_obligation"]
RuleReason = Literal["term", "request", "minor", "consent_withdrawn"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Moment(_Part):
    """`after` a calendar term from an anchor."""

    anchor: AnchorName
    after: TermField = Field(default="P0D", validate_default=True)


class Terms(_Part):
    """When data goes: the earliest of `ends`, moved into [`not_before`, `not_after`].

    Bounds whose anchor does not exist (no contract) do not bind.
    """

    ends: tuple[Moment, ...] = Field(min_length=1)
    not_before: tuple[Moment, ...] = ()
    not_after: tuple[Moment, ...] = ()

    def moments(self) -> tuple[Moment, ...]:
        """Return every moment named."""
        return (*self.ends, *self.not_before, *self.not_after)


@dataclass(frozen=True, slots=True, eq=False)
class Timing:
    """What of a rule says when. Rules of a rule set that say the same share one."""

    term: Terms
    archive: tuple[Moment, ...]
    legal_minimum: Term | None

    @property
    def only_postponed(self) -> bool:
        """Whether an anchor that moves on can only move the end back.

        Earliest, latest and calendar terms keep the order of what goes in. A legal minimum does
        not: it hangs on which anchor decides, and another one may come to.
        """
        return self.legal_minimum is None


class Rule(_Part):
    """How long one or several categories are kept, why, and what happens then."""

    id: RuleId
    promises: tuple[Promise, ...] = Field(min_length=1)
    categories: tuple[Category, ...] = Field(min_length=1)
    object: ObjectKind
    """What has a term of its own; `each` where the categories differ."""
    when: ConditionName = "always"
    term: Terms
    archive: tuple[Moment, ...] = ()
    """The intermediate archive starts at the earliest of these; none: there is no archive."""
    then: ErasureMode
    reason: RuleReason = "term"
    legal_minimum: TermField | None = None
    """Counted from the same anchors; nothing goes earlier, not even on request."""
    notice: TermField | None = None
    """How long before its end the person is told."""
    legal_basis: LegalBasis
    basis: Text
    purpose: Text
    title: Text
    reasoning: Text
    controllers_choice: bool = False
    """Whether the policy is silent and the controller chose the term."""

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        for category in self.categories:
            if self.object not in ("each", OBJECT_KINDS[category]):
                raise ValueError(
                    f"{category} has its terms per {OBJECT_KINDS[category]}, not per {self.object}"
                )
        if len(set(self.categories)) != len(self.categories):
            raise ValueError("a category is named twice")
        if self.legal_minimum is not None:
            shortest = min(end.after.as_days() for end in self.term.ends)
            if shortest < self.legal_minimum.as_days():
                raise ValueError(
                    f"the term is shorter than the legal minimum of {self.legal_minimum}"
                )
        return self


class RuleSet(_Part):
    """A version of all rules."""

    version: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}(\.\d+)?$")]
    """Date of the policy it carries out."""
    title: Text
    reasoning: Text
    """How the policy's two tables are reconciled."""
    rules: tuple[Rule, ...] = Field(min_length=1)
    digest: str = ""
    """SHA-256 of the text it was read from."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        seen: set[str] = set()
        for rule in self.rules:
            if rule.id in seen:
                raise ValueError(f"two rules are called {rule.id}")
            seen.add(rule.id)
        for category in sorted(set(Category) - WITHOUT_TERM):
            if not any(category in r.categories and r.when not in SPECIAL for r in self.rules):
                raise ValueError(f"no rule covers {category}: nothing is kept without end (C2.11)")
        return self

    def rule(self, rule_id: str) -> Rule | None:
        """Return the rule with `rule_id`, or `None` when this version has none."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)

    def covering(self, category: Category) -> tuple[Rule, ...]:
        """Return the rules that name `category`, in their order."""
        return self._by_category[category]

    def looks_at_objects(self, category: Category) -> bool:
        """Whether not the same rules apply to all objects of `category`."""
        return category in self._by_object

    @cached_property
    def _by_object(self) -> frozenset[Category]:
        looking = (rule for rule in self.rules if rule.when in OF_AN_OBJECT)
        return frozenset(category for rule in looking for category in rule.categories)

    def timing(self, rule: Rule) -> Timing:
        """Return what `rule`, one of this version, says of when."""
        return self._timings[rule.id]

    @cached_property
    def _timings(self) -> dict[str, Timing]:
        shared: dict[Hashable, Timing] = {}
        timings = {}
        for rule in self.rules:
            said = (rule.term, rule.archive, rule.legal_minimum)
            timings[rule.id] = shared.setdefault(said, Timing(*said))
        return timings

    @cached_property
    def _by_category(self) -> dict[Category, tuple[Rule, ...]]:
        return {
            category: tuple(rule for rule in self.rules if category in rule.categories)
            for category in Category
        }

    def __hash__(self) -> int:
        return hash((self.version, self.digest))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RuleSet) and (self.version, self.digest) == (
            other.version,
            other.digest,
        )
