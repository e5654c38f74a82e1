"""Every rule over the facts that it looks at."""

from collections.abc import Sequence
from datetime import datetime

from services.identity.domain.anomaly import attempts, readings, sign_ins
from services.identity.domain.anomaly.facts import AnswerCount, Desk, FailedSignIn, Finding, SignIn
from services.identity.domain.anomaly.rules import (
    ImpossibleTravel,
    ManyAnswers,
    NewDevice,
    Scraping,
    StuffingDistributed,
    StuffingOneNetwork,
    UnrelatedReading,
    UnusualHours,
    UnusualVolume,
    WatchRules,
)


def of_sign_ins(rules: WatchRules, account: str, history: Sequence[SignIn]) -> list[Finding]:
    """Return what is found about the last sign-in of `history`, which is in order of time.

    Nobody is asked twice about one sign-in: of rules that write a letter the first one counts.
    """
    found: list[Finding] = []
    asked = False
    for rule in rules.rules:
        match rule.when:
            case ImpossibleTravel() as when:
                one = sign_ins.impossible_travel(rule, when, account, history)
            case NewDevice() as when:
                one = sign_ins.new_device(rule, when, account, history)
            case _:
                one = None
        if one is not None and not (asked and rule.letter):
            found.append(one)
            asked = asked or rule.letter
    return found


def of_failures(rules: WatchRules, failed: Sequence[FailedSignIn], now: datetime) -> list[Finding]:
    """Return what is found about the sign-ins that failed during the last day."""
    found: list[Finding] = []
    for rule in rules.rules:
        match rule.when:
            case StuffingOneNetwork() as when:
                found += attempts.one_network(rule, when, failed, now)
            case StuffingDistributed() as when:
                found += attempts.distributed(rule, when, failed, now)
            case _:
                pass
    return found


def of_readings(rules: WatchRules, desk: Desk, now: datetime) -> list[Finding]:
    """Return what is found about the readings of one member of staff."""
    found: list[Finding | None] = []
    for rule in rules.rules:
        match rule.when:
            case Scraping() as when:
                found.append(readings.scraping(rule, when, desk, now))
            case UnusualVolume() as when:
                found.append(readings.unusual_volume(rule, when, desk))
            case UnusualHours() as when:
                found.append(readings.unusual_hours(rule, when, desk))
            case UnrelatedReading() as when:
                found.append(readings.unrelated_reading(rule, when, desk))
            case _:
                pass
    return [one for one in found if one is not None]


def of_answers(rules: WatchRules, count: AnswerCount) -> list[Finding]:
    """Return what is found about how much one session holder was answered."""
    found = [
        readings.many_answers(rule, rule.when, count)
        for rule in rules.rules
        if isinstance(rule.when, ManyAnswers)
    ]
    return [one for one in found if one is not None]
