"""What the demonstration knows of each life from having driven it: the ground truth."""

from dataclasses import dataclass, field
from datetime import date, datetime

from shared.personal import Category


@dataclass(slots=True)
class Enrolment:
    """One contract, by label."""

    id: str
    invoice_id: str
    at: datetime
    module: str
    certified_at: datetime | None = None
    answered: int = 0


@dataclass(slots=True)
class Request:
    """One support request."""

    id: str
    at: datetime
    resolved_at: datetime | None = None


@dataclass(slots=True)
class Recording:
    """One recorded session."""

    id: str
    at: datetime
    kept: bool = False


@dataclass(slots=True)
class Hold:
    """One legal hold."""

    id: str
    categories: frozenset[Category]
    at: datetime
    expires_at: datetime
    lifted_at: datetime | None = None

    def in_force(self, category: Category, at: datetime) -> bool:
        """Say whether the hold keeps `category` at an instant."""
        return category in self.categories and self.at <= at < self.ends_at

    @property
    def ends_at(self) -> datetime:
        """When it ended or will end."""
        return min(self.lifted_at or self.expires_at, self.expires_at)


@dataclass(slots=True)
class Person:
    """One life as it really went."""

    key: str
    kind: str
    email: str = ""
    guardian_email: str = ""
    password: str = ""
    subject: str = ""
    prospect_subject: str = ""
    birth_date: date | None = None
    registered_at: datetime | None = None
    confirmed_at: datetime | None = None
    agreed_at: datetime | None = None
    last_act_at: datetime | None = None
    """Last thing the person did as a learner, whatever it was."""
    logins: list[datetime] = field(default_factory=list)
    enrolments: dict[str, Enrolment] = field(default_factory=dict)
    requests: dict[str, Request] = field(default_factory=dict)
    recordings: dict[str, Recording] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    contacted_at: list[datetime] = field(default_factory=list)
    consents: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    """Last decision on each purpose, and when."""
    closed_at: datetime | None = None
    erasure_at: datetime | None = None

    def object_of(self, label: str) -> str:
        """Return the id that stands behind a label of the plan: an object's, or a month's."""
        if label.startswith("month-"):
            return label.removeprefix("month-")
        for objects in (self.enrolments, self.requests, self.recordings):
            if label in objects:
                return objects[label].id
        return label
