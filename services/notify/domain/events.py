"""What happened to a message, as this service stores it: never what it said."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints

from shared.events.base import DomainEvent, Identifier, SubjectId
from shared.events.consent import Purpose
from shared.events.demands import DemandAuthority, LegalArticle
from shared.events.identity import AuthenticatorChange
from shared.events.notify import MessageKind, ToldBy, Withheld
from shared.events.retention import Authority, Ground, HeldScope
from shared.incidents import Consequence, Measure, Nature
from shared.personal import Category, Personal, PersonalField
from shared.processors.model import Organisation
from shared.words import Text

SuppressionReason = Withheld
"""`sent_before` is what an operator judges of a message set aside; `digested`: it is in another;
`superseded`: a later one about the same session says what is true now."""

WaitingFor = Literal["quiet_hours", "digest", "turn", "choices", "transfer"]
"""Why a message leaves later."""

CONTACT = PersonalField(Category.CONTACT, about="subject_id")
SUPPORT = PersonalField(Category.SUPPORT, about="subject_id", object="request_id")


Venue = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
"""Where an event takes place: an address of an organisation, or one of the web."""


class PlatformEvent(BaseModel):
    """An event that people are invited to; about no person."""

    model_config = ConfigDict(frozen=True)

    event_id: Identifier
    heading: Text
    summary: Text
    """What it is about; an empty line begins a paragraph."""
    venue: Venue
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class Details(BaseModel):
    """What a template needs to know beside the recipient; nothing personal."""

    model_config = ConfigDict(frozen=True)

    module_id: Identifier | None = None
    enrolment_id: Identifier | None = None
    rule_id: Identifier | None = None
    due: datetime | None = None
    case_id: Identifier | None = None
    issue: Identifier | None = None
    topic: Identifier | None = None
    """Purpose that an issue of a newsletter is sent for; none means `newsletter`."""
    hold_id: Identifier | None = None
    scopes: tuple[HeldScope, ...] = ()
    """What a hold keeps."""
    ground: Ground | None = None
    authority: Authority | None = None
    since: datetime | None = None
    ended: datetime | None = None
    was_secret: bool = False
    thread: Identifier | None = None
    """Token by which an answer to the message finds the support request it is about."""
    change: AuthenticatorChange | None = None
    """Of what an account can be opened by."""
    incident_id: Identifier | None = None
    anomaly_id: Identifier | None = None
    access_id: Identifier | None = None
    """Of an access beyond a compartment."""
    aware_at: datetime | None = None
    """When we became aware of an incident."""
    categories: tuple[Category, ...] = ()
    """Data of the recipient that an incident concerns."""
    natures: tuple[Nature, ...] = ()
    consequences: tuple[Consequence, ...] = ()
    measures: tuple[Measure, ...] = ()
    suspends_at: datetime | None = None
    """From when access of staff is suspended (C7.7)."""
    cause: Identifier | None = None
    """What brought it about, where one kind of message tells of several things."""
    demand_authority: DemandAuthority | None = None
    article: LegalArticle | None = None
    """To whom data was given, and on which basis."""
    summary: str | None = None
    """What changes in the privacy policy, in the recipient's language."""
    processor: Organisation | None = None
    """An organisation that processes data for the controller."""
    reference: Identifier | None = None
    """File number of what it is about."""
    event: PlatformEvent | None = None
    """What somebody is invited to."""
    modules: tuple[Identifier, ...] = ()
    """Modules that a digest reminds of."""
    session_id: Identifier | None = None
    """Live session that a calendar is told of."""
    sequence: int | None = None
    """RFC 5545 SEQUENCE of what the calendar is told."""
    starts_at: datetime | None = None
    ends_at: datetime | None = None


class MessageQueued(DomainEvent):
    """A message is to be sent; whoever recorded this makes the first attempt."""

    NEVER_PUBLISHED = True

    subject_id: SubjectId
    message_id: Identifier
    kind: MessageKind
    cause_id: Identifier
    """The event, or the issue of the newsletter, that the message is about."""
    details: Details
    token: Annotated[Personal[str] | None, CONTACT] = None
    """Opaque token of the message's link, sealed as it came."""
    guardian_email: Annotated[Personal[str] | None, CONTACT] = None
    """Address of a minor's guardian, sealed as it came (C11.1)."""
    address: Annotated[Personal[str] | None, CONTACT] = None
    """Where it goes when that is not the person's address now, sealed as it came."""
    request_id: Identifier | None = None
    """The support request that the message answers."""
    text: Annotated[Personal[str] | None, SUPPORT] = None
    """What is answered to somebody without an account, sealed as it came."""
    title: Annotated[Personal[str] | None, SUPPORT] = None
    """What the request is called."""
    answers: Annotated[Personal[str] | None, SUPPORT] = None
    """Message-ID of the mail that is answered."""
    queued_at: datetime
    try_again_at: datetime
    """When another attempt may start although nothing was heard of this one."""


class NoticePosted(DomainEvent):
    """What it says is shown in the portal from now on, whatever becomes of the mail."""

    subject_id: SubjectId
    message_id: Identifier
    kind: MessageKind
    posted_at: datetime


class NoticeRead(DomainEvent):
    """The person marked the notice as read in the portal; nothing tells whether a mail was."""

    subject_id: SubjectId
    message_id: Identifier
    read_at: datetime


class AttemptStarted(DomainEvent):
    """Another attempt is under way; recording it keeps everybody else from making it too."""

    NEVER_PUBLISHED = True

    subject_id: SubjectId
    message_id: Identifier
    started_at: datetime
    try_again_at: datetime


class MessageSent(DomainEvent):
    """The e-mail provider accepted the message."""

    subject_id: SubjectId
    message_id: Identifier
    kind: MessageKind
    sent_at: datetime


class MessageSuppressed(DomainEvent):
    """The message had no valid basis at the moment of sending."""

    subject_id: SubjectId
    message_id: Identifier
    kind: MessageKind
    reason: SuppressionReason
    suppressed_at: datetime


class MessageFailed(DomainEvent):
    """The provider did not accept the message."""

    subject_id: SubjectId
    message_id: Identifier
    code: Identifier
    """SMTP reply code, or what went wrong before there was one; never the provider's words."""
    failed_at: datetime
    retry_at: datetime | None
    """When to try again; none once it is given up."""
    kind: MessageKind | None = None
    """None of what was recorded before it was told to others that a message was given up."""
    status: Identifier | None = None
    """Enhanced status code (RFC 3463), where the provider gave one."""


class MessageDeferred(DomainEvent):
    """It leaves later: out of regard for the person, or since others go first."""

    NEVER_PUBLISHED = True

    subject_id: SubjectId
    message_id: Identifier
    waiting_for: WaitingFor
    deferred_at: datetime
    until: datetime


class MessageBounced(DomainEvent):
    """It was accepted and came back (RFC 3464)."""

    subject_id: SubjectId
    message_id: Identifier
    kind: MessageKind
    status: Identifier
    hard: bool
    bounced_at: datetime


class MessageComplained(DomainEvent):
    """The person called it unwanted in their mail program (RFC 5965)."""

    subject_id: SubjectId
    message_id: Identifier
    kind: MessageKind
    complained_at: datetime
    purpose: Purpose | None = None
    """Which consent it rested on; none where it rested on no consent."""


class MessageSetAside(DomainEvent):
    """It was owed before a restore, which may have lost that it was sent: it is not sent again."""

    subject_id: SubjectId
    message_id: Identifier
    set_aside_at: datetime


class MessageReleased(DomainEvent):
    """An operator lets a message go that was set aside."""

    subject_id: SubjectId
    message_id: Identifier
    released_at: datetime


class MessageRepeated(DomainEvent):
    """It is sent once more, as another message, since the address that it missed is another now."""

    subject_id: SubjectId
    message_id: Identifier
    kind: MessageKind
    repeat_id: Identifier
    repeated_at: datetime


class MessageToldByStaff(DomainEvent):
    """Staff told the person by telephone or post what it says."""

    subject_id: SubjectId
    message_id: Identifier
    kind: MessageKind
    channel: ToldBy
    told_by: Identifier
    told_at: datetime


MessageEvent = (
    MessageQueued
    | NoticePosted
    | NoticeRead
    | AttemptStarted
    | MessageSent
    | MessageSuppressed
    | MessageFailed
    | MessageSetAside
    | MessageReleased
    | MessageDeferred
    | MessageBounced
    | MessageComplained
    | MessageRepeated
    | MessageToldByStaff
)
