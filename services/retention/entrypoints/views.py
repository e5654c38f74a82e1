"""What the HTTP answers look like, in the caller's language."""

from datetime import datetime

from services.retention.domain.clocks.clock import Clock
from services.retention.domain.clocks.phases import phases_of
from services.retention.domain.clocks.request import Staying
from services.retention.domain.ruleset.model import Language, Rule, RuleSet, Text
from shared.personal import Category

NO_RULE = Text(
    fr="Aucune règle ne couvre ces données : le délégué à la protection des données est alerté.",
    en="No rule covers this data: the data protection officer is alerted.",
)
HELD = Text(
    fr="Une conservation légale est en cours : ces données ne partent pas avant sa fin.",
    en="A legal hold is in force: this data does not go before its end.",
)
ORDERED = Text(
    fr="L'effacement est déjà ordonné et s'achève de lui-même.",
    en="The erasure has been ordered already and completes by itself.",
)


def clock_view(
    clock: Clock, rules: RuleSet, language: Language, now: datetime
) -> dict[str, object]:
    """Return a clock as the learner and the data protection officer read it."""
    rule = rules.rule(clock.rule_id)
    view: dict[str, object] = {
        "subject": clock.subject,
        "category": clock.category,
        "object": clock.object,
        "rule_id": clock.rule_id,
        "anchor": clock.anchor,
        "anchor_event": clock.anchor_name,
        "due": clock.due,
        "acts_at": clock.acts_at,
        "hold_until": clock.hold_until,
        "archive_from": clock.archive_from,
        "phase": clock.phase(now),
        "phases": [
            {"name": phase.name, "from": phase.starts, "until": phase.until}
            for phase in phases_of(clock)
        ],
        "state": clock.state(now),
        "action": clock.then,
        "case_id": clock.case_id,
        "gone_at": clock.gone_at,
        "destroy_at": clock.destroy_at,
        "destroyed_at": clock.destroyed_at,
    }
    return {**view, **(_rule_texts(rule, language) if rule else _no_rule(language))}


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
        **_rule_texts(rule, language),
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


def _rule_texts(rule: Rule, language: Language) -> dict[str, object]:
    return {
        "promises": list(rule.promises),
        "promise": rule.promises[0],
        "title": rule.title.say(language),
        "text": rule.reasoning.say(language),
        "purpose": rule.purpose.say(language),
        "basis": rule.legal_basis,
        "legal_basis": rule.basis.say(language),
        "reasoning": rule.reasoning.say(language),
        "controllers_choice": rule.controllers_choice,
    }


def _no_rule(language: Language) -> dict[str, object]:
    text = NO_RULE.say(language)
    return {
        "promises": ["C2.11"],
        "promise": "C2.11",
        "title": text,
        "text": text,
        "purpose": None,
        "basis": None,
        "legal_basis": None,
        "reasoning": text,
        "controllers_choice": False,
    }
