"""`carionexiq rules explain`: for every rule and object the phases, the end, and why then."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from deploy.rules.life_file import read_life
from deploy.rules.rule_file import load
from services.retention.domain.calendar import PARIS, Term
from services.retention.domain.clocks.clock import Clock
from services.retention.domain.clocks.compute import clocks_of, deciding
from services.retention.domain.clocks.phases import phases_of
from services.retention.domain.clocks.reasoning import Step, reasoning
from services.retention.domain.life.life import Life, Scope
from services.retention.domain.ruleset.model import Language, RuleSet, Text

ANCHORS: Final = {
    "last_activity": Text(fr="la dernière activité", en="the last activity"),
    "last_login": Text(fr="la dernière connexion", en="the last sign-in"),
    "contract_end": Text(fr="la fin du contrat", en="the end of the contract"),
    "account_closed": Text(fr="la clôture du compte", en="the closing of the account"),
    "registration": Text(fr="l'inscription", en="the registration"),
    "guardian_asked": Text(fr="la demande au responsable", en="the question to the guardian"),
    "certification": Text(fr="la certification", en="the certification"),
    "accounting_year_end": Text(
        fr="la fin de l'exercice comptable", en="the end of the accounting year"
    ),
    "invoice_issued": Text(fr="l'émission de la facture", en="the issue of the invoice"),
    "final_resolution": Text(fr="la réponse définitive", en="the final answer"),
    "session_recorded": Text(fr="l'enregistrement", en="the recording"),
    "recording_released": Text(fr="la fin de sa conservation", en="its no longer being kept"),
    "trace_collected": Text(fr="la première trace du mois", en="the first trace of the month"),
    "dead_letters_opened": Text(
        fr="le premier message en échec du mois", en="the first dead letter of the month"
    ),
    "message_sent": Text(fr="l'envoi du message", en="the sending of the message"),
    "last_interaction": Text(fr="le dernier échange", en="the last interaction"),
    "conversion": Text(fr="l'inscription du prospect", en="the prospect's registration"),
    "departure": Text(fr="le départ", en="the departure"),
    "contact_not_needed": Text(
        fr="le jour où plus rien ne l'exige", en="the day nothing needs it any more"
    ),
    "erasure_request": Text(fr="la demande d'effacement", en="the request for erasure"),
}
BOUNDS: Final = {
    "ends": Text(fr="se termine", en="ends"),
    "not_before": Text(fr="pas avant", en="not before"),
    "not_after": Text(fr="pas après", en="not after"),
    "legal_minimum": Text(fr="minimum légal", en="legal minimum"),
}
LACKS: Final = {
    "absent": Text(fr="n'a pas eu lieu et n'y est pas tenu", en="has not happened and need not"),
    "waiting": Text(fr="n'a pas encore eu lieu", en="has not happened yet"),
    "missing": Text(fr="manque : alarme", en="is missing: alarm"),
    "contradictory": Text(fr="se contredit : alarme", en="contradicts itself: alarm"),
}
DECIDES: Final = Text(fr="c'est ce qui décide", en="this decides")
UNITS: Final = {
    "years": (Text(fr="an", en="year"), Text(fr="ans", en="years")),
    "months": (Text(fr="mois", en="month"), Text(fr="mois", en="months")),
    "days": (Text(fr="jour", en="day"), Text(fr="jours", en="days")),
}
AFTER: Final = Text(fr="après", en="after")
EARLIER: Final = Text(
    fr="une autre règle emporte ces données plus tôt", en="another rule takes this data earlier"
)
OPEN: Final = Text(fr="pas encore connu", en="not known yet")
UNCOVERED: Final = Text(fr="aucune règle : alarme", en="no rule: alarm")


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
            {**as_data(clock, known, life, language, now), "goes_under": first.get(_scope(clock))}
            for clock in clocks
        ]
        body = {"subject": life.subject, "at": now.isoformat(), "rules": known.version}
        console.print_json(json.dumps({**body, "clocks": told}, ensure_ascii=False))
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
        f"  {phase.name}: {_day(phase.starts, language)} → {_day(phase.until, language)}"
        for phase in phases
    ]
    lines.append(f"  {last.name}: {_day(last.starts, language)}")
    if rule is not None:
        lines += [f"  {_sentence(step, language)}" for step in reasoning(rule, life, clock)]
        lines.append(f"  {rule.reasoning.say(language)}")
    return lines


def as_data(
    clock: Clock, rules: RuleSet, life: Life, language: Language, now: datetime
) -> dict[str, Any]:
    """Return the same as JSON values; instants in UTC."""
    rule = rules.rule(clock.rule_id)
    return {
        "rule": clock.rule_id,
        "category": clock.category,
        "object": clock.object,
        "state": clock.state(now),
        "anchor": clock.anchor_name,
        "anchored": _instant(clock.anchor),
        "due": _instant(clock.due),
        "acts_at": _instant(clock.acts_at),
        "then": clock.then,
        "phases": [
            {"name": p.name, "from": _instant(p.starts), "until": _instant(p.until)}
            for p in phases_of(clock)
        ],
        "steps": [_step(step) for step in reasoning(rule, life, clock)] if rule else [],
        "reasoning": rule.reasoning.say(language) if rule else UNCOVERED.say(language),
        "promises": list(rule.promises) if rule else ["C2.11"],
    }


def _scope(clock: Clock) -> Scope:
    return Scope(clock.category, clock.object)


def _step(step: Step) -> dict[str, Any]:
    return {
        "bound": step.bound,
        "anchor": step.anchor,
        "after": str(step.after),
        "anchored": _instant(step.anchored),
        "lack": step.lack,
        "at": _instant(step.at),
        "decides": step.decides,
    }


def _sentence(step: Step, language: Language) -> str:
    what = f"{BOUNDS[step.bound].say(language)}: {_term(step.after, language)}"
    what += ANCHORS[step.anchor].say(language)
    if step.lack is not None:
        return f"{what}, {LACKS[step.lack].say(language)}"
    told = f"{what} ({_day(step.anchored, language)}) = {_day(step.at, language)}"
    return f"{told} ← {DECIDES.say(language)}" if step.decides else told


def _term(term: Term, language: Language) -> str:
    parts = [
        f"{count} {UNITS[unit][count > 1].say(language)}"
        for unit, count in (("years", term.years), ("months", term.months), ("days", term.days))
        if count
    ]
    return f"{', '.join(parts)} {AFTER.say(language)} " if parts else ""


def _day(at: datetime | None, language: Language) -> str:
    return OPEN.say(language) if at is None else f"{at.astimezone(PARIS):%Y-%m-%d %H:%M}"


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
