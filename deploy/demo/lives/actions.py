"""What the people of a demonstration do, as data. Labels stand for ids that do not exist yet."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from shared.personal import Category

Purpose = Literal["newsletter", "events", "surveys"]


@dataclass(frozen=True, slots=True)
class Register:
    """Ask for an account; a minor may name a legal guardian."""

    first_name: str
    last_name: str
    email: str
    telephone: str
    birth_date: date
    language: Literal["fr", "en"]
    password: str
    guardian_email: str | None = None


@dataclass(frozen=True, slots=True)
class Confirm:
    """Follow the link of the confirmation message."""


@dataclass(frozen=True, slots=True)
class GuardianAgrees:
    """The legal guardian follows the link of the agreement message."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """Sign in, leaving a technical trace."""

    address: str
    browser: str


@dataclass(frozen=True, slots=True)
class DescribeProfile:
    """Tell goals, experience, availability and preferences."""

    goals: str
    experience: str
    availability: str
    pace: str
    format: str


@dataclass(frozen=True, slots=True)
class Rectify:
    """Correct the last name."""

    last_name: str


@dataclass(frozen=True, slots=True)
class Enrol:
    """Enrol in the catalogue's module number `module`, counted modulo its size."""

    enrolment: str
    module: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer the next exercises of an enrolment: one per figure, or all that are left.

    The figures go into exercises that ask for a number; elsewhere options are chosen by `choice`.
    """

    enrolment: str
    figures: tuple[str, ...]
    last: bool
    choice: int


@dataclass(frozen=True, slots=True)
class Pay:
    """Pay the invoice of an enrolment."""

    enrolment: str
    method: str


@dataclass(frozen=True, slots=True)
class Certify:
    """The trainer decides on a completed enrolment."""

    enrolment: str
    decision: Literal["granted", "refused"]
    comment: str


@dataclass(frozen=True, slots=True)
class Decide:
    """Consent to a purpose or withdraw it in the portal."""

    purpose: Purpose
    decision: Literal["granted", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """Follow the unsubscribe link of the latest newsletter."""


@dataclass(frozen=True, slots=True)
class ObjectToSuggestions:
    """Object to suggestions, or lift the objection."""

    objects: bool


@dataclass(frozen=True, slots=True)
class AskSupport:
    """Open a support request."""

    request: str
    message: str


@dataclass(frozen=True, slots=True)
class AnswerSupport:
    """Support replies to a request."""

    request: str
    message: str


@dataclass(frozen=True, slots=True)
class ResolveSupport:
    """Support marks the resolution of a request."""

    request: str


@dataclass(frozen=True, slots=True)
class ReopenSupport:
    """Support reopens a request: its resolution was not final."""

    request: str


@dataclass(frozen=True, slots=True)
class RecordSession:
    """The trainer records a live session with the learner."""

    recording: str
    title: str
    location: str


@dataclass(frozen=True, slots=True)
class KeepRecording:
    """The learner asks to keep a recording, or releases it."""

    recording: str
    keeps: bool


@dataclass(frozen=True, slots=True)
class CloseAccount:
    """The learner closes the account."""


@dataclass(frozen=True, slots=True)
class RequestErasure:
    """The learner asks for erasure and confirms."""


@dataclass(frozen=True, slots=True)
class PlaceHold:
    """The DPO places a litigation hold on categories of the person."""

    hold: str
    categories: tuple[Category, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LiftHold:
    """The DPO lifts a hold."""

    hold: str


@dataclass(frozen=True, slots=True)
class ContactAsProspect:
    """Somebody without an account writes through the contact form."""

    name: str
    email: str
    message: str
    context: str
    language: Literal["fr", "en"]


Action = (
    Register
    | Confirm
    | GuardianAgrees
    | SignIn
    | DescribeProfile
    | Rectify
    | Enrol
    | Answer
    | Pay
    | Certify
    | Decide
    | Unsubscribe
    | ObjectToSuggestions
    | AskSupport
    | AnswerSupport
    | ResolveSupport
    | ReopenSupport
    | RecordSession
    | KeepRecording
    | CloseAccount
    | RequestErasure
    | PlaceHold
    | LiftHold
    | ContactAsProspect
)


@dataclass(frozen=True, slots=True)
class Step:
    """Actions of one life at one instant, in order.

    Steps of one instant with different `phase` are separated by letting the system settle, so that
    a link in a message or a fact from another service is there.
    """

    at: datetime
    phase: int
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Life:
    """One person's dealings with the platform, from the first to the last."""

    key: str
    kind: str
    steps: tuple[Step, ...]
