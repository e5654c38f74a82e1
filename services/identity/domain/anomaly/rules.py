"""What a set of watching rules is: data, with thresholds, and what follows from a finding."""

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from shared.incidents import Cause, Nature
from shared.personal import Category
from shared.words import Text

RuleId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{2,40}$")]
Promise = Annotated[str, StringConstraints(pattern=r"^C\d{1,2}\.\d{1,2}$")]
Span = Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(days=180))]
"""An ISO 8601 duration, at most as long as traces are kept."""
Count = Annotated[int, Field(ge=1)]
Times = Annotated[float, Field(ge=1)]
Share = Annotated[float, Field(gt=0, le=1)]
Hour = Annotated[int, Field(ge=0, le=24)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ImpossibleTravel(_Part):
    """Two sign-ins farther apart than anybody travels in between."""

    kind: Literal["impossible_travel"]
    faster_than_kmh: Annotated[float, Field(ge=100)]
    farther_than_km: Annotated[float, Field(ge=50)]
    within: Span
    unless_known_device: bool
    """Whether a browser that proves an earlier sign-in is believed: who uses a private network
    seems to jump from country to country."""
    usual_after_days: Count
    """From a network used on so many earlier days nobody has travelled."""


class NewDevice(_Part):
    """A browser that has never signed in to this account."""

    kind: Literal["new_device"]
    looks_back: Span
    """Kind of browser and network together, when seen so lately, are no news: cookies get lost."""


class StuffingOneNetwork(_Part):
    """One network tries passwords at many accounts."""

    kind: Literal["stuffing_one_network"]
    within: Span
    accounts: Count


class StuffingDistributed(_Part):
    """Many networks together try passwords at many accounts."""

    kind: Literal["stuffing_distributed"]
    within: Span
    accounts: Count
    times_usual: Times
    """Of what fails in as much time otherwise, the last day long."""


class Scraping(_Part):
    """One member of staff is shown very many persons."""

    kind: Literal["scraping"]
    within: Span
    persons: Count


class ManyAnswers(_Part):
    """One session gets very many answers with personal values."""

    kind: Literal["many_answers"]
    within: Span
    answers: Count


class UnusualVolume(_Part):
    """A member of staff reads far more persons in a day than is normal there."""

    kind: Literal["unusual_volume"]
    persons: Count
    """Fewer in a day are never unusual."""
    times_own: Times
    times_role: Times
    days_known: Count
    """Days of reading before somebody has a normal of their own; till then the role's counts."""


class UnusualHours(_Part):
    """A member of staff reads at hours at which neither they nor their role do."""

    kind: Literal["unusual_hours"]
    persons: Count
    share: Share
    """An hour with less than this share of all that was read is not usual."""
    days_known: Count
    office_opens: Hour
    office_closes: Hour
    """In Paris, Monday to Friday: what counts where nobody's normal is known yet."""


class UnrelatedReading(_Part):
    """A member of staff reads persons that their role has nothing to do with."""

    kind: Literal["unrelated_reading"]
    persons: Count
    share: Share
    """Of all that was read that day."""
    related_for: Span
    """How long after a request, an enrolment or an invoice a person is one's business."""


When = Annotated[
    ImpossibleTravel
    | NewDevice
    | StuffingOneNetwork
    | StuffingDistributed
    | Scraping
    | ManyAnswers
    | UnusualVolume
    | UnusualHours
    | UnrelatedReading,
    Field(discriminator="kind"),
]


class Incident(_Part):
    """What an incident that is opened from a finding is filled in with."""

    by_itself: bool
    """Whether a draft is opened at once, to be judged; else security opens one or does not."""
    natures: tuple[Nature, ...] = Field(min_length=1)
    cause: Cause
    categories: tuple[Category, ...] = Field(min_length=1)
    """Data that may have been exposed: the question of the extent."""
    of_the_reader: bool = False
    """Whether the extent is what that reader was shown, else whatever was kept."""


class Rule(_Part):
    """One thing that is watched for, and what follows."""

    id: RuleId
    promises: tuple[Promise, ...] = Field(min_length=1)
    when: When
    again_after: Span
    """Findings about the same within this time are one anomaly."""
    letter: bool
    """Whether the person is asked whether it was they."""
    alarm: bool
    """Whether the security mailbox is told at once."""
    incident: Incident | None = None
    title: Text
    advice: Text
    """What security looks at first."""

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if self.letter and self.when.kind not in ("impossible_travel", "new_device"):
            raise ValueError("a letter asks about a sign-in; this rule looks at none")
        if self.incident is not None and self.incident.by_itself and not self.alarm:
            raise ValueError("a draft that nobody is told of is never judged: alarm is needed")
        hours = self.when
        if isinstance(hours, UnusualHours) and hours.office_opens >= hours.office_closes:
            raise ValueError("the office opens before it closes")
        return self


class WatchRules(_Part):
    """A version of all rules."""

    version: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}(\.\d+)?$")]
    rules: tuple[Rule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        seen: set[str] = set()
        for rule in self.rules:
            if rule.id in seen:
                raise ValueError(f"two rules are called {rule.id}")
            seen.add(rule.id)
        return self

    def rule(self, rule_id: str) -> Rule | None:
        """Return the rule with `rule_id`; `None` when this version has none."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)
