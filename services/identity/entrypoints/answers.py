"""What identity answers, field by field: what is not named here leaves with no answer (C4.2)."""

from datetime import datetime
from typing import Generic, TypeVar

from pydantic import BaseModel, Field

from shared.incidents import Suspicion

T = TypeVar("T")


class PageOf(BaseModel, Generic[T]):
    """One page of a list, with the number of all items."""

    items: list[T]
    total: int
    page: int
    size: int


class ListedLearner(BaseModel):
    """A learner's name and the state of the account."""

    id: str
    first_name: str | None = None
    last_name: str | None = None
    registered_at: datetime | None = None
    last_login: datetime | None = None
    confirmed: bool = False
    blocked: bool = False
    minor: bool = False
    closed: bool = False
    archived: bool = False


class TraceView(BaseModel):
    """One technical trace."""

    at: datetime
    ip_address: str | None
    browser: str | None
    screen: str | None
    known_device: bool | None


class TracesOfMonth(BaseModel):
    """The traces of one person in one calendar month; none of archived persons."""

    id: str
    subject_id: str
    latest: datetime
    traces: list[TraceView]
    archived: bool = False


class TrainingView(BaseModel):
    """Where a member of staff stands with the yearly training (C7.7)."""

    programme: str | None = None
    done_on: str | None = None
    recorded_by: str | None = None
    due_at: datetime | None = None
    suspends_at: datetime | None = None


class ListedStaff(BaseModel):
    """A member of staff: role, its end, and what is still to be confirmed."""

    id: str
    name: str | None = None
    email: str | None = None
    role: str | None = None
    appointed_at: datetime | None = None
    departed: bool = False
    expires_at: datetime | None = None
    awaits_confirmation: bool = False
    invited_until: datetime | None = None
    linked: bool = False
    enrolled: bool = False
    reset_asked_by: str | None = None
    reset_until: datetime | None = None
    training: TrainingView | None = None


class SupportFileView(BaseModel):
    """A file that came with a message."""

    id: str
    name: str | None
    media_type: str
    bytes: int


class SupportMessageView(BaseModel):
    """What was said in an exchange, by the person or by support."""

    whose: str = Field(alias="from")
    text: str | None
    channel: str
    at: datetime
    author: str | None = None
    files: list[SupportFileView] = []


class OwnRequestView(BaseModel):
    """A support request as its person sees it."""

    id: str
    subject_id: str | None = None
    has_account: bool | None = None
    title: str | None = None
    channel: str | None = None
    opened_at: datetime | None = None
    resolved: bool
    resolved_at: datetime | None
    messages: list[SupportMessageView]


class SupportedPerson(BaseModel):
    """Who asks: what it takes to answer, and no more."""

    known_as: str | None
    first_name: str | None = None
    email: str | None = None
    context: str | None = None
    message: str | None = None


class SupportRequestView(OwnRequestView):
    """A support request as the staff of its queue see it; without words where archived."""

    queue: str | None = None
    assignee: str | None
    assignee_name: str | None
    unanswered: bool
    due_at: datetime | None = None
    archived: bool = False
    person: SupportedPerson | None


class EmailChangeView(BaseModel):
    """A change of address that waits to be confirmed."""

    email: str
    until: datetime


class ProfileView(BaseModel):
    """What the learner has told of goals, experience, availability and preferences (C1.6)."""

    goals: str | None
    experience: str | None
    availability: str | None
    pace: str | None
    format: str | None


class OwnAccountView(BaseModel):
    """A learner's own account."""

    first_name: str | None
    last_name: str | None
    email: str | None
    telephone: str | None
    language: str | None
    zone: str | None
    minor: bool
    state: str
    email_change: EmailChangeView | None
    profile: ProfileView


class OwnStaffView(BaseModel):
    """The account of a member of staff, as they see it themselves."""

    name: str | None
    email: str | None
    role: str
    language: str | None


class TotpView(BaseModel):
    """An authenticator app that counts."""

    added_at: datetime
    used_at: datetime | None


class PasskeyView(BaseModel):
    """A passkey, under the name its owner gave it."""

    id: str
    name: str | None
    synced: bool
    added_at: datetime
    used_at: datetime | None


class AuthenticatorsView(BaseModel):
    """The caller's authenticators, never what they are made of."""

    enrolled: bool
    totp: TotpView | None
    passkeys: list[PasskeyView]
    recovery_codes_left: int
    passkeys_available: bool


class AnomalyView(BaseModel):
    """One anomaly with what was seen, and what an incident would be filled in with."""

    anomaly_id: str
    rule: str | None = None
    subject_id: str | None = None
    holder: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    counts: dict[str, int] = {}
    asked: bool | None = None
    state: str | None = None
    mine: bool | None
    reason: str | None
    incident_id: str | None
    seen: dict[str, str]
    suspicion: Suspicion | None
