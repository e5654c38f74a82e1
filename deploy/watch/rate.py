"""`anomalies rate`: false alarms of each rule on a population that does nothing wrong."""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from deploy.watch.learners import people, year_of
from deploy.watch.staff import days_of, role_of
from services.identity.domain.anomaly import judge
from services.identity.domain.anomaly.attempts import REMEMBERED
from services.identity.domain.anomaly.facts import Desk, FailedSignIn, Finding, ReadingDay, SignIn
from services.identity.domain.anomaly.parse import parse_watch_rules
from services.identity.domain.anomaly.readings import day_of
from services.identity.domain.anomaly.rules import WatchRules

START: Final = datetime(2026, 1, 5, tzinfo=ZoneInfo("Europe/Paris"))
HISTORY: Final = 60
NORMAL_DAYS: Final = 60
BY_HANDS: Final = {"stuffing_one_network", "stuffing_distributed"}
OF_STAFF: Final = {"scraping", "unusual_volume", "unusual_hours", "unrelated_reading"}
A_THOUSAND: Final = 1000


@dataclass(frozen=True, slots=True)
class Population:
    """Who is simulated, for how long."""

    learners: int
    staff: int
    days: int
    seed: int

    @property
    def years(self) -> float:
        """How long, in years."""
        return self.days / 365


class Tally:
    """Counts anomalies as the register does: findings about the same, close together, are one."""

    def __init__(self, rules: WatchRules) -> None:
        self._rules = {rule.id: rule for rule in rules.rules}
        self._seen: set[tuple[str, str, int]] = set()
        self.anomalies: Counter[str] = Counter({rule.id: 0 for rule in rules.rules})

    def add(self, found: Iterable[Finding]) -> None:
        """Count what is new among `found`."""
        for one in found:
            span = (one.until - START) // self._rules[one.rule].again_after
            if (key := (one.rule, one.about, span)) not in self._seen:
                self._seen.add(key)
                self.anomalies[one.rule] += 1


def tally(rules: WatchRules, population: Population) -> Counter[str]:
    """Return how many anomalies each rule finds; the same for the same seed."""
    counted = Tally(rules)
    failures = _learners(rules, population, counted)
    _failures(rules, population, failures, counted)
    _staff(rules, population, counted)
    return counted.anomalies


def rate(file: Path, population: Population, console: Console) -> None:
    """Print the rate of each rule, per thousand person-years or per year of the whole system."""
    rules = parse_watch_rules(file.read_text(encoding="utf-8"), file.name)
    found = tally(rules, population)
    table = Table("rule", "anomalies", "rate", "of")
    for rule in rules.rules:
        count = found[rule.id]
        if rule.when.kind == "many_answers":
            table.add_row(rule.id, "-", "-", "not simulated: no normal session comes near")
        elif rule.when.kind in BY_HANDS:
            table.add_row(rule.id, str(count), f"{count / population.years:.1f}", "system-years")
        else:
            persons = population.staff if rule.when.kind in OF_STAFF else population.learners
            of = "1,000 staff-years" if rule.when.kind in OF_STAFF else "1,000 person-years"
            per = count / (persons * population.years) * A_THOUSAND
            table.add_row(rule.id, str(count), f"{per:.1f}", of)
    console.print(table)


def _learners(rules: WatchRules, population: Population, counted: Tally) -> list[FailedSignIn]:
    random, failures = Random(population.seed), list[FailedSignIn]()  # noqa: S311 - a simulation
    for learner in people(random, population.learners):
        history: deque[SignIn] = deque(maxlen=HISTORY)
        for sign_in, wrong in year_of(learner, random, START, population.days):
            history.append(sign_in)
            failures += wrong
            counted.add(judge.of_sign_ins(rules, learner.name, tuple(history)))
    return sorted(failures, key=lambda one: one.at)


def _failures(
    rules: WatchRules, population: Population, failures: list[FailedSignIn], counted: Tally
) -> None:
    window: deque[FailedSignIn] = deque()
    waiting = deque(failures)
    step = timedelta(minutes=5)
    now, end = START, START + timedelta(days=population.days)
    while now < end:
        while waiting and waiting[0].at <= now:
            window.append(waiting.popleft())
        while window and window[0].at <= now - REMEMBERED:
            window.popleft()
        if window and window[-1].at > now - step:
            counted.add(judge.of_failures(rules, window, now))
        now += step


def _staff(rules: WatchRules, population: Population, counted: Tally) -> None:
    random = Random(population.seed + 1)  # noqa: S311 - a simulation
    everybody = [
        dict(days_of(number, random, START, population.days)) for number in range(population.staff)
    ]
    own: list[deque[ReadingDay]] = [deque() for _ in everybody]
    for day in range(population.days):
        midnight = START + timedelta(days=day)
        before = midnight.date() - timedelta(days=NORMAL_DAYS)
        for days in own:
            while days and days[0].day < before:
                days.popleft()
        news: list[tuple[int, ReadingDay]] = []
        for number, of_one in enumerate(everybody):
            today = of_one.get(midnight)
            if today is None:
                continue
            role = role_of(number)
            peers = [
                one for other, past in enumerate(own) if role_of(other) == role for one in past
            ]
            for hour in range(24):
                now = midnight + timedelta(hours=hour + 1)
                lately = tuple(one for one in today if one.at <= now)
                if lately and lately[-1].at > now - timedelta(hours=1):
                    desk = Desk(f"staff-{number}", lately, tuple(own[number]), tuple(peers))
                    counted.add(judge.of_readings(rules, desk, now))
            news.append((number, day_of(today)))
        for number, figures in news:
            own[number].append(figures)
