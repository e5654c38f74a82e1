"""What is told of a clock: until when, by which rule, and why then."""

from datetime import datetime

from services.retention.domain.clocks.clock import Clock
from services.retention.domain.clocks.phases import phases_of
from services.retention.domain.clocks.reasoning import reasoning
from services.retention.domain.clocks.words import ANCHORS, sentence
from services.retention.domain.life.life import Life
from services.retention.domain.ruleset.model import Rule, RuleSet
from shared.words import Language, Text

NO_RULE = Text(
    fr="Aucune règle ne couvre ces données : le délégué à la protection des données est alerté.",
    en="No rule covers this data: the data protection officer is alerted.",
)


def told_of(
    clock: Clock, rules: RuleSet, language: Language, now: datetime, life: Life | None = None
) -> dict[str, object]:
    """Return a clock as people and programs read it; with the `life` it is over, step by step."""
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
    if clock.anchor_name is not None:
        view["anchor_text"] = ANCHORS[clock.anchor_name].say(language)
    if life is not None:
        view["steps"] = _steps(rule, life, clock, language) if rule else []
    return {**view, **(rule_texts(rule, language) if rule else _no_rule(language))}


def rule_texts(rule: Rule, language: Language) -> dict[str, object]:
    """Return what a rule says of itself."""
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


def _steps(rule: Rule, life: Life, clock: Clock, language: Language) -> list[dict[str, object]]:
    return [
        {
            "bound": step.bound,
            "anchor": step.anchor,
            "after": str(step.after),
            "anchored": step.anchored,
            "lack": step.lack,
            "at": step.at,
            "decides": step.decides,
            "text": sentence(step, language),
        }
        for step in reasoning(rule, life, clock)
    ]
