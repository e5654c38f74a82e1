"""Invented learners' normal sign-ins: home, office, phone, holidays, lost cookies, new devices."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from services.identity.domain.anomaly.facts import FailedSignIn, Place, SignIn

CITIES: Final = (
    Place(48.86, 2.35, 20, "FR"),
    Place(45.76, 4.84, 20, "FR"),
    Place(43.30, 5.37, 20, "FR"),
    Place(50.63, 3.06, 20, "FR"),
    Place(44.84, -0.58, 20, "FR"),
)
ABROAD: Final = (
    Place(41.39, 2.17, 30, "ES"),
    Place(38.72, -9.14, 30, "PT"),
    Place(31.63, -8.00, 50, "MA"),
    Place(45.50, -73.57, 50, "CA"),
    Place(-21.11, 55.53, 50, "RE"),
)
EXITS: Final = (Place(52.37, 4.90, 50, "NL"), Place(39.04, -77.49, 50, "US"))
"""Where private networks seem to be."""
DEVICES: Final = ("Firefox, Windows", "Chrome, Windows", "Safari, iOS", "Chrome, Android")
A_WEEK: Final = 2.0
"""Sign-ins of one person."""
COMPANIES: Final = 12
"""Behind one address each, of a thousand learners."""
MISTYPES: Final = 0.06
PRIVATE: Final = 0.06
"""Share of people who use a private network, for a third of their sign-ins."""
COOKIES_LOST: Final = 0.04
"""Of sign-ins: private windows, cleaning, other profiles."""
NEW_DEVICES_A_YEAR: Final = 0.6


@dataclass(frozen=True, slots=True)
class Learner:
    """One person's habits."""

    name: str
    city: Place
    company: str
    private: Place | None


def people(random: Random, count: int) -> list[Learner]:
    """Return `count` invented learners."""
    return [
        Learner(
            f"learner-{number}",
            random.choice(CITIES),
            f"company-{number % max(1, COMPANIES * count // 1000)}",
            random.choice(EXITS) if random.random() < PRIVATE else None,
        )
        for number in range(count)
    ]


def year_of(
    learner: Learner, random: Random, start: datetime, days: int
) -> Iterator[tuple[SignIn, list[FailedSignIn]]]:
    """Yield the sign-ins of `days` days in order, each with the mistyped ones before it."""
    device, cookies = random.choice(DEVICES), set[str]()
    away_from = random.randrange(days)
    where = random.choice(ABROAD)
    for day in range(days):
        if random.random() < NEW_DEVICES_A_YEAR / 365:
            device, cookies = random.choice(DEVICES) + f" {day}", set()
        midnight = start + timedelta(days=day)
        weekday = midnight.weekday()
        if random.random() >= A_WEEK / 7 * (1.25 if weekday < 5 else 0.4):  # noqa: PLR2004 - Saturday
            continue
        # A class begins on Monday at nine: many within the same minutes, behind one address.
        classes = weekday == 0 and random.random() < 0.7  # noqa: PLR2004 - most of them
        minutes = random.gauss(9 * 60, 6) if classes else random.uniform(7 * 60, 22 * 60)
        at = midnight + timedelta(minutes=max(0.0, minutes))
        network, place = _from(learner, random, classes=classes)
        if away_from <= day < away_from + 10:
            network, place = f"hotel-{learner.name}", where
        lost = random.random() < COOKIES_LOST
        known = device in cookies and not lost
        cookies.add(device)
        wrong = [
            FailedSignIn(at - timedelta(seconds=20 * (1 + attempt)), network, learner.name)
            for attempt in range(random.choice((1, 1, 2)) if random.random() < MISTYPES else 0)
        ]
        yield SignIn(at, network, device, known, place), wrong


def _from(learner: Learner, random: Random, *, classes: bool) -> tuple[str, Place | None]:
    if learner.private is not None and random.random() < 1 / 3:
        # A provider of private networks has several exits.
        return f"private-{random.randrange(4)}", learner.private
    if classes or random.random() < 0.25:  # noqa: PLR2004 - at work
        return learner.company, learner.city
    if random.random() < 0.2:  # noqa: PLR2004 - on the phone
        # Carriers show many people's phones at a few places, and not always the right one.
        return f"carrier-{random.randrange(300)}", random.choice(CITIES)
    return f"home-{learner.name}", learner.city
