"""The shape of a portability file: JSON that any platform can read, described by a JSON Schema.

Version 1. What is added later is a new version: who reads one knows every member of it.
"""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
)

from shared.events.base import Identifier

FORMAT: Final = "carionexiq-portability/1"
SCHEMA_ID: Final = "https://carionexiq.com/schemas/portability-1.schema.json"
HomePage = Annotated[str, StringConstraints(pattern=r"^https?://[a-z0-9.\[\]:-]{1,250}$")]
"""Where a platform is on the web: scheme and host, in lower case."""
YEARS: Final = range(1970, 2200)


def _plausible(at: datetime) -> datetime:
    """Return `at` in UTC; what no calendar of ours reaches is a mistake, or meant to break one."""
    if at.year not in YEARS:
        raise ValueError("year")
    return at.astimezone(UTC)


Instant = Annotated[AwareDatetime, AfterValidator(_plausible)]
LongText = Annotated[str, StringConstraints(max_length=20_000)]
Line = Annotated[str, StringConstraints(max_length=500)]


class Shape(BaseModel):
    """A part of the file; its `repr` shows nothing, and unknown members are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    __str__ = __repr__


class Source(Shape):
    """An account on a platform, by a name that says nothing of the person (as xAPI has it)."""

    home_page: HomePage
    name: Identifier


class Wording(Shape):
    """The same text in French and in English."""

    fr: LongText
    en: LongText


class Person(Shape):
    """What was given to have an account (C1.2), as last corrected."""

    first_name: Line | None = None
    last_name: Line | None = None
    email: Line | None = None
    telephone: Line | None = None
    language: Literal["fr", "en"] | None = None
    zone: Line | None = None
    """IANA name of the time zone lived by."""


class Profile(Shape):
    """Goals, prior experience, availability and learning preferences (C1.6), as last told."""

    goals: Line | None = None
    experience: Line | None = None
    availability: Line | None = None
    pace: Line | None = None
    format: Line | None = None


class Message(Shape):
    """Something written to the platform's staff; their answers are theirs, and not here."""

    id: Identifier
    request_id: Identifier
    title: LongText | None = None
    message: LongText
    files: tuple[Line, ...] = ()
    """Names of the files that came with it."""
    sent_at: Instant


class Choice(Shape):
    """The latest decision about a consent, an objection or a restriction."""

    kind: Literal["consent", "objection", "restriction"]
    about: Identifier
    """Purpose or category."""
    holds: bool
    """Whether the consent is given, the objection raised, the restriction placed."""
    decided_at: Instant


class Answer(Shape):
    """One answer to an exercise (C1.4), as it was given."""

    id: Identifier
    exercise_id: Identifier
    kind: Literal["choice", "sequencing", "numeric", "other"]
    """What xAPI calls the type of the interaction."""
    question: Wording
    answer: LongText
    """Ids of what was chosen, separated by commas, or a number."""
    in_words: Wording
    score: Annotated[int, Field(ge=0, le=100)] | None = None
    """Percent."""
    answered_at: Instant


class Completion(Shape):
    """Every exercise of the course had been answered."""

    id: Identifier
    at: Instant


class Decision(Shape):
    """What a trainer decided about the certification; only the platform it is from attests it."""

    id: Identifier
    decision: Literal["granted", "refused"]
    at: Instant


class Ending(Shape):
    """The course was ended before its last day."""

    id: Identifier
    at: Instant


class Course(Shape):
    """One enrolment in a module, with everything that was done in it."""

    kind: Literal["course"] = "course"
    id: Identifier
    module_id: Identifier
    title: Wording
    enrolled_at: Instant
    access_until: date | None = None
    answers: tuple[Answer, ...] = ()
    completions: tuple[Completion, ...] = ()
    decisions: tuple[Decision, ...] = ()
    ending: Ending | None = None


class Session(Shape):
    """A live session that the person took part in."""

    kind: Literal["session"] = "session"
    id: Identifier
    at: Instant


LearningRecord = Annotated[Course | Session, Field(discriminator="kind")]


class Imported(Shape):
    """A learning record that came from another platform, which alone can attest it."""

    source: Source
    record: LearningRecord

    @property
    def place(self) -> tuple[str, str, str]:
        """What it is found by: the same for a later state of the record."""
        return self.source.home_page, self.source.name, self.record.id


class IdentityPart(Shape):
    """What identity contributes."""

    person: Person = Person()
    profile: Profile = Profile()
    messages: tuple[Message, ...] = ()


class LearningPart(Shape):
    """What learning contributes."""

    records: tuple[LearningRecord, ...] = ()
    imported: tuple[Imported, ...] = ()


class ConsentPart(Shape):
    """What consent contributes."""

    choices: tuple[Choice, ...] = ()


class PortabilityFile(Shape):
    """Everything that a person provided, also by using the platform (WP 242 rev.01)."""

    model_config = ConfigDict(title="carionexiq portability file, version 1")

    format: Literal["carionexiq-portability/1"] = FORMAT
    source: Source
    made_at: Instant
    person: Person
    profile: Profile
    messages: tuple[Message, ...]
    choices: tuple[Choice, ...]
    records: tuple[LearningRecord, ...]
    imported: tuple[Imported, ...]

    @property
    def brought(self) -> tuple[Imported, ...]:
        """Every learning record in it, each with the account it is from."""
        own = (Imported(source=self.source, record=one) for one in self.records)
        return (*own, *self.imported)


def portability_file(
    source: Source,
    made_at: datetime,
    identity: IdentityPart,
    learning: LearningPart,
    consent: ConsentPart,
) -> PortabilityFile:
    """Return the file that the services' parts make up."""
    return PortabilityFile(
        source=source,
        made_at=made_at,
        person=identity.person,
        profile=identity.profile,
        messages=identity.messages,
        choices=consent.choices,
        records=learning.records,
        imported=learning.imported,
    )


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the file."""
    found = PortabilityFile.model_json_schema(mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **found,
    }
