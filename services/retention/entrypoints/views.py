"""What the HTTP answers look like, in the caller's language."""

from services.retention.domain.clocks.request import Staying
from services.retention.domain.clocks.telling import NO_RULE, rule_texts
from services.retention.domain.ruleset.model import Rule, RuleSet
from shared.personal import Category
from shared.words import Language, Text

HELD = Text(
    fr="Une conservation légale est en cours : ces données ne partent pas avant sa fin.",
    en="A legal hold is in force: this data does not go before its end.",
)
ORDERED = Text(
    fr="L'effacement est déjà ordonné et s'achève de lui-même.",
    en="The erasure has been ordered already and completes by itself.",
)


def rule_view(rule: Rule, language: Language) -> dict[str, object]:
    """Return a rule as the public page of rules shows it."""
    return {
        "rule_id": rule.id,
        "categories": list(rule.categories),
        "object": rule.object,
        "when": rule.when,
        "term": {
            bound: [{"anchor": m.anchor, "after": str(m.after)} for m in getattr(rule.term, bound)]
            for bound in ("ends", "not_before", "not_after")
        },
        "archive": [{"anchor": m.anchor, "after": str(m.after)} for m in rule.archive],
        "then": rule.then,
        "legal_minimum": str(rule.legal_minimum) if rule.legal_minimum else None,
        **rule_texts(rule, language),
    }


def staying_view(staying: Staying, rules: RuleSet, language: Language) -> dict[str, object]:
    """Return what a request leaves, why, until when."""
    rule = rules.rule(staying.clock.rule_id)
    text = {"hold": HELD.say(language), "ordered": ORDERED.say(language)}.get(
        staying.ground, rule.reasoning.say(language) if rule else NO_RULE.say(language)
    )
    return {
        "category": staying.clock.category,
        "object": staying.clock.object,
        "reason": staying.ground,
        "text": text,
        "until": staying.until,
        "rule_id": staying.clock.rule_id,
        "promise": rule.promises[0] if rule else None,
        "legal_basis": rule.basis.say(language) if rule else None,
    }


def going_view(category: Category, thing: str) -> dict[str, object]:
    """Return what a request erases."""
    return {"category": category, "object": thing}
