"""Recorded facts: the file form of attack scenarios and of normal life, for tests and trials."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.identity.domain.anomaly import judge
from services.identity.domain.anomaly.facts import (
    AnswerCount,
    Desk,
    FailedSignIn,
    Finding,
    Place,
    Reading,
    ReadingDay,
    SignIn,
)
from services.identity.domain.anomaly.rules import WatchRules


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RecordedSignIns(_Part):
    """The sign-ins of one account: `[at, network, device, known, place]` each."""

    account: str
    sign_ins: tuple[tuple[datetime, str, str, bool | None, str | None], ...]


class Burst(_Part):
    """Sign-ins that fail one after another, evenly spread."""

    since: datetime
    until: datetime
    accounts: Annotated[int, Field(ge=1)]
    networks: Annotated[int, Field(ge=1)] = 1
    each: Annotated[int, Field(ge=1)] = 1
    """Attempts at each account."""
    names: str = "account"
    """What the pseudonyms begin with: other names are other accounts and networks."""


class RecordedDesk(_Part):
    """What one member of staff reads in a day: `[since, until, persons, related]` each."""

    reader: str
    read: tuple[tuple[datetime, datetime, int, bool | None], ...]
    own: tuple[tuple[date, int, Mapping[int, int]], ...] = ()
    peers: tuple[tuple[date, int, Mapping[int, int]], ...] = ()


class RecordedAnswers(_Part):
    """How much one session was answered."""

    who: str
    since: datetime
    at: datetime
    answers: int


class Scenario(_Part):
    """What happened, and which rules have to find how much."""

    title: str
    kind: Literal["attack", "normal"]
    places: Mapping[str, tuple[float, float, float]] = {}
    """Latitude, longitude and radius in kilometres, by name; the first two letters the country."""
    accounts: tuple[RecordedSignIns, ...] = ()
    failures: tuple[Burst, ...] = ()
    desks: tuple[RecordedDesk, ...] = ()
    answers: tuple[RecordedAnswers, ...] = ()
    now: datetime
    expect: Mapping[str, int]
    """Anomalies by rule; a rule that is not named finds nothing."""


def found_in(scenario: Scenario, rules: WatchRules) -> list[Finding]:
    """Return everything that `rules` find in `scenario`, sign-in by sign-in."""
    found: list[Finding] = []
    for one in scenario.accounts:
        history = [_sign_in(row, scenario) for row in one.sign_ins]
        for last in range(1, len(history) + 1):
            found += judge.of_sign_ins(rules, one.account, history[:last])
    failed = [attempt for burst in scenario.failures for attempt in _attempts(burst)]
    found += judge.of_failures(rules, failed, scenario.now)
    for desk in scenario.desks:
        found += judge.of_readings(rules, _desk(desk), scenario.now)
    for answers in scenario.answers:
        count = AnswerCount(answers.who, answers.since, answers.at, answers.answers)
        found += judge.of_answers(rules, count)
    return found


def _sign_in(row: tuple[datetime, str, str, bool | None, str | None], scenario: Scenario) -> SignIn:
    at, network, device, known, name = row
    place = None
    if name is not None:
        latitude, longitude, radius = scenario.places[name]
        place = Place(latitude, longitude, radius, name[:2].upper())
    return SignIn(at, network, device, known, place)


def _attempts(burst: Burst) -> list[FailedSignIn]:
    count = burst.accounts * burst.each
    step = (burst.until - burst.since) / count
    return [
        FailedSignIn(
            burst.since + number * step,
            f"{burst.names}-network-{number % burst.networks}",
            f"{burst.names}-{number % burst.accounts}",
        )
        for number in range(count)
    ]


def _desk(recorded: RecordedDesk) -> Desk:
    readings = [
        Reading(since + number * ((until - since) / persons), f"{row}-{number}", related)
        for row, (since, until, persons, related) in enumerate(recorded.read)
        for number in range(persons)
    ]
    return Desk(
        recorded.reader,
        tuple(sorted(readings, key=lambda one: one.at)),
        own=tuple(ReadingDay(day, persons, hours) for day, persons, hours in recorded.own),
        peers=tuple(ReadingDay(day, persons, hours) for day, persons, hours in recorded.peers),
    )
