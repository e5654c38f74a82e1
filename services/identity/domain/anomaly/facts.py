"""The dated facts that rules look at; accounts and networks by pseudonyms alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where a network address is used, as far as known."""

    latitude: float
    longitude: float
    radius_km: float = 0.0
    """It may be this far from there."""
    country: str = ""
    """ISO 3166-1 alpha-2."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """One sign-in that succeeded."""

    at: datetime
    network: str
    """The network that the address belongs to, or its pseudonym."""
    device: str
    """What the browser says it is: browser and system, no version."""
    known: bool | None
    """Whether the browser proved an earlier sign-in to this account; `None` where not recorded."""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class FailedSignIn:
    """A sign-in with a wrong password, or to an account that there is not."""

    at: datetime
    network: str
    account: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A member of staff was shown values of a person."""

    at: datetime
    subject: str
    related: bool | None = None
    """Whether the reader's role had to do with the person lately; `None` for roles that have to do
    with everybody."""


@dataclass(frozen=True, slots=True)
class ReadingDay:
    """What one reader read on one earlier day, in figures."""

    day: date
    persons: int
    by_hour: Mapping[int, int] = field(default_factory=dict)
    """Persons by hour of the day in Europe/Paris."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What one member of staff has read today, and what is normal there."""

    reader: str
    today: tuple[Reading, ...]
    """In order of time."""
    own: tuple[ReadingDay, ...] = ()
    """Earlier days on which this reader read."""
    peers: tuple[ReadingDay, ...] = ()
    """Earlier days of everybody in the same role."""


@dataclass(frozen=True, slots=True)
class AnswerCount:
    """How many answers with personal values one session holder has had since `since`."""

    who: str
    since: datetime
    at: datetime
    answers: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule has found something."""

    rule: str
    about: str
    """Account, reader or pseudonym of a network: findings about the same are one anomaly."""
    since: datetime
    until: datetime
    counts: Mapping[str, int] = field(default_factory=dict)
    seen: Mapping[str, str] = field(default_factory=dict)
    """What only security may read: places and devices."""
