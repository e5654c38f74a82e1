"""`carionexiq rules explain`: for every rule and object the phases, the end, and why then."""

import json
from datetime import datetime
from pathlib import Path

from rich.console import Console

from deploy.rules.life_file import read_life
from deploy.rules.rule_file import load
from services.retention.domain.calendar import PARIS
from services.retention.domain.clocks.clock import Clock
from services.retention.domain.clocks.compute import clocks_of, deciding
from services.retention.domain.clocks.phases import phases_of
from services.retention.domain.clocks.reasoning import reasoning
from services.retention.domain.clocks.telling import told_of
from services.retention.domain.clocks.words import EARLIER, UNCOVERED, day, sentence
from services.retention.domain.life.life import Life, Scope
from services.retention.domain.ruleset.model import RuleSet
from shared.words import Language


def explain(
    file: Path,
    rules: Path,
    *,
    at: datetime | None,
    language: Language,
    as_json: bool,
    console: Console,
) -> None:
    """Print what `rules` make of the life in `file`, as it stands at its last event.

    Or as it stands `at` another time, on the wall clock of Paris.

    Raises:
        RuleSetError: there is no rule set, or it is wrong.
        LifeFileError: the file tells no life.
    """
    known = load(rules)
    life, last = read_life(file)
    now = at.replace(tzinfo=PARIS) if at else last
    clocks = clocks_of(known, life)
    first = {scope: clock.rule_id for scope, clock in deciding(clocks).items()}
    if as_json:
        told = [
            {
                **told_of(clock, known, language, now, life),
                "goes_under": first.get(_scope(clock)),
            }
            for clock in clocks
        ]
        body = {"subject": life.subject, "at": now.isoformat(), "rules": known.version}
        console.print_json(
            json.dumps({**body, "clocks": told}, ensure_ascii=False, default=_instant)
        )
        return
    for clock in clocks:
        for line in in_words(clock, known, life, language, now):
            console.print(line, markup=False)
        under = first.get(_scope(clock), clock.rule_id)
        if under != clock.rule_id:
            console.print(f"  {EARLIER.say(language)}: {under}", markup=False)
        console.print()


def in_words(
    clock: Clock, rules: RuleSet, life: Life, language: Language, now: datetime
) -> list[str]:
    """Return why `clock` ends when it does, line by line."""
    rule = rules.rule(clock.rule_id)
    title = rule.title.say(language) if rule else UNCOVERED.say(language)
    head = f"{clock.category} {clock.object} · {clock.rule_id} · {clock.state(now)} · {title}"
    lines = [head]
    *phases, last = phases_of(clock)
    lines += [
        f"  {phase.name}: {day(phase.starts, language)} → {day(phase.until, language)}"
        for phase in phases
    ]
    lines.append(f"  {last.name}: {day(last.starts, language)}")
    if rule is not None:
        lines += [f"  {sentence(step, language)}" for step in reasoning(rule, life, clock)]
        lines.append(f"  {rule.reasoning.say(language)}")
    return lines


def _scope(clock: Clock) -> Scope:
    return Scope(clock.category, clock.object)


def _instant(at: datetime) -> str:
    return at.isoformat()
