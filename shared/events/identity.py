"""What the identity service tells others: accounts, profiles, prospects, support, traces."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal

from shared.events.access_files import Digest
from shared.events.base import Identifier, PublicEvent, SubjectId, Upcaster
from shared.events.demands import (
    CheckedPoint,
    ContestForum,
    ContestReason,
    ContestResult,
    DemandAuthority,
    DemandKind,
    DemandOutcome,
    DemandScope,
    DemandStage,
    EndReason,
    LegalArticle,
    Secrecy,
)
from shared.events.rights_cases import (
    ExtensionReason,
    IdentityCheck,
    Recipient,
    ReminderStage,
    RightsAct,
    RightsKind,
    RightsOutcome,
)
from shared.events.support import (
    MediaType,
    SupportChannel,
    SupportQueue,
    about_anybody,
    unchanged,
)
from shared.incidents import Suspicion
from shared.personal import Category, Personal, PersonalField
from shared.trainings import Programme

Language = Literal["fr", "en"]
OfRequest = PersonalField(Category.SUPPORT, about="subject_id", object="request_id")
OfMonth = PersonalField(Category.TECHNICAL_TRACES, about="subject_id", object="month")
FalseAlarm = Literal[
    "private_network",
    "own_travel",
    "own_device",
    "shared_network",
    "planned_work",
    "agreed_test",
    "rule_too_strict",
]
"""Why an anomaly is none: never the words themselves, which may be personal."""
Verdict = Literal["justified", "unjustified"]
"""What the review of a break-glass access found."""
EndCause = Literal["given_back", "stopped", "role_ended", "signed_out"]
"""Why a break-glass access ended before its time: by who took it, by whoever reviews, or since who
took it lost the role or the session."""
AuthenticatorChange = Literal[
    "totp_added",
    "totp_removed",
    "passkey_added",
    "passkey_removed",
    "recovery_codes_renewed",
    "recovery_code_used",
    "reset_asked",
    "reset",
]


class IdentityEvent(PublicEvent):
    """Published on `identity.events`."""

    SERVICE: ClassVar[str] = "identity"


class LearnerRegistered(IdentityEvent):
    """An account was asked for; it opens once the e-mail address is confirmed (C1.2)."""

    learner_id: SubjectId
    first_name: Annotated[Personal[str], PersonalField(Category.CIVIL_IDENTITY)]
    last_name: Annotated[Personal[str], PersonalField(Category.CIVIL_IDENTITY)]
    email: Annotated[Personal[str], PersonalField(Category.CONTACT)]
    telephone: Annotated[Personal[str] | None, PersonalField(Category.CONTACT)] = None
    language: Language
    minor: bool


class EmailConfirmationRequested(IdentityEvent):
    """The link that proves the address is to be sent."""

    learner_id: SubjectId
    token: Annotated[Personal[str], PersonalField(Category.CONTACT)]


class EmailConfirmed(IdentityEvent):
    """The person followed the link: the account is open."""

    learner_id: SubjectId


OfAgreement = PersonalField(Category.MINORITY, object="agreement_id")


class MinorityEstablished(IdentityEvent):
    """The person is known to be under 18; what for is never told (C11.1, C11.2)."""

    learner_id: SubjectId
    found: Literal["registration", "self_declared", "reported"]
    minority_id: Identifier
    day_kept: bool
    """Whether the day of majority is kept, sealed, under `minority_id`."""


class MinorityEnded(IdentityEvent):
    """The person is of age, or a report was wrong: control is the learner's, nothing is blocked."""

    learner_id: SubjectId
    minority_id: Identifier | None
    how: Literal["of_age", "report_withdrawn"]


def _with_own_id(data: dict[str, Any]) -> dict[str, Any]:
    """Read a question of the time when there was one for each account."""
    return {**data, "agreement_id": "first"}


class GuardianAgreementRequested(IdentityEvent):
    """A minor's legal guardian is asked for agreement, by a link valid `until` (C11.1)."""

    VERSION: ClassVar[int] = 2
    UPCASTERS: ClassVar[Mapping[int, Upcaster]] = {1: _with_own_id}

    learner_id: SubjectId
    agreement_id: Identifier
    guardian_email: Annotated[Personal[str], OfAgreement]
    guardian_name: Annotated[Personal[str] | None, OfAgreement] = None
    token: Annotated[Personal[str], OfAgreement]
    until: datetime | None = None


class GuardianAskedAgain(IdentityEvent):
    """The same question once more: as a reminder, or because the learner asked for it."""

    learner_id: SubjectId
    agreement_id: Identifier
    guardian_email: Annotated[Personal[str], OfAgreement]
    guardian_name: Annotated[Personal[str] | None, OfAgreement] = None
    token: Annotated[Personal[str], OfAgreement]
    why: Literal["asked_for", "reminder"]
    until: datetime


class GuardianAgreementGranted(IdentityEvent):
    """The legal guardian agreed; `token` revokes it as long as the account lives (C11.1)."""

    learner_id: SubjectId
    agreement_id: Identifier = "first"
    guardian_email: Annotated[Personal[str] | None, OfAgreement] = None
    token: Annotated[Personal[str] | None, OfAgreement] = None


class GuardianAgreementEnded(IdentityEvent):
    """The question, or the agreement, is over: what is held of the guardian may go."""

    learner_id: SubjectId
    agreement_id: Identifier
    how: Literal["refused", "revoked", "expired", "superseded", "of_age", "withdrawn", "closed"]


class AccountBlocked(IdentityEvent):
    """The account may not be used (C11.2: a minor without agreement)."""

    learner_id: SubjectId
    reason: Literal["minor_without_agreement"]
    cause: Literal["registration", "self_declared", "reported", "revoked"] = "registration"
    until: datetime | None = None
    """When the account's data goes, unless a guardian agrees."""


class LearnerLoggedIn(IdentityEvent):
    """A sign-in succeeded. It anchors the terms that run from the last login or activity."""

    learner_id: SubjectId


class LearnerLoggedOut(IdentityEvent):
    """The learner ended a session: the one named, or every one that was open."""

    learner_id: SubjectId
    session_id: Identifier | None = None
    everywhere: bool = False


class SessionsEnded(IdentityEvent):
    """Every session of the account is over, for a reason that is none of the events above.

    By staff as a precaution, by the owner through a link, or since its owner has signed out at the
    external provider.
    """

    account_id: SubjectId
    by: Literal["staff", "owner", "provider"]


class FactorReturnAsked(IdentityEvent):
    """Who knows the password says that every factor is lost: they can be removed after a wait."""

    account_id: SubjectId
    token: Annotated[Personal[str], PersonalField(Category.CONTACT, about="account_id")]
    stop_token: Annotated[Personal[str], PersonalField(Category.CONTACT, about="account_id")]
    previous_email: Annotated[
        Personal[str] | None, PersonalField(Category.CONTACT, about="account_id")
    ] = None
    """Of an account whose address changed so lately that the old one can still stop it."""
    opens_at: datetime
    until: datetime


class LearnerRectified(IdentityEvent):
    """The learner corrected what is held (C8.2). Only the corrected fields are present."""

    learner_id: SubjectId
    first_name: Annotated[Personal[str] | None, PersonalField(Category.CIVIL_IDENTITY)] = None
    last_name: Annotated[Personal[str] | None, PersonalField(Category.CIVIL_IDENTITY)] = None
    telephone: Annotated[Personal[str] | None, PersonalField(Category.CONTACT)] = None
    language: Language | None = None


class ZoneChosen(IdentityEvent):
    """The learner said by which clock they live; whoever never did lives by that of Paris."""

    learner_id: SubjectId
    zone: Annotated[Personal[str], PersonalField(Category.CIVIL_IDENTITY)]
    """IANA name of a time zone."""


class PasswordRecoveryRequested(IdentityEvent):
    """The link by which a forgotten password is replaced is to be sent, valid `until`."""

    learner_id: SubjectId
    token: Annotated[Personal[str], PersonalField(Category.CONTACT)]
    until: datetime


class PasswordChanged(IdentityEvent):
    """The password before no longer opens the account: what was opened with it ends.

    `withdrawn`: no password opens the account until a new one is chosen by a link.
    """

    learner_id: SubjectId
    how: Literal["changed", "recovered", "withdrawn"]


class EmailChangeRequested(IdentityEvent):
    """Another e-mail address is to be confirmed; the one before can stop it for a time."""

    learner_id: SubjectId
    email: Annotated[Personal[str], PersonalField(Category.CONTACT)]
    previous_email: Annotated[Personal[str], PersonalField(Category.CONTACT)]
    token: Annotated[Personal[str], PersonalField(Category.CONTACT)]
    stop_token: Annotated[Personal[str], PersonalField(Category.CONTACT)]
    until: datetime
    stop_until: datetime


class EmailChanged(IdentityEvent):
    """The new e-mail address was confirmed and counts from now on."""

    learner_id: SubjectId
    email: Annotated[Personal[str], PersonalField(Category.CONTACT)]
    previous_email: Annotated[Personal[str], PersonalField(Category.CONTACT)]
    stop_until: datetime


class EmailChangeStopped(IdentityEvent):
    """A change of address does not take place; `email`: the old one, where it counts again."""

    learner_id: SubjectId
    by: Literal["learner", "old_address"]
    email: Annotated[Personal[str] | None, PersonalField(Category.CONTACT)] = None


class ProfileDescribed(IdentityEvent):
    """The learner told goals, experience, availability and preferences (C1.6)."""

    learner_id: SubjectId
    goals: Annotated[Personal[str] | None, PersonalField(Category.PROFILE)] = None
    experience: Annotated[Personal[str] | None, PersonalField(Category.PROFILE)] = None
    availability: Annotated[Personal[str] | None, PersonalField(Category.PROFILE)] = None
    pace: Annotated[Personal[str] | None, PersonalField(Category.PROFILE)] = None
    format: Annotated[Personal[str] | None, PersonalField(Category.PROFILE)] = None


class AccountClosed(IdentityEvent):
    """The account was closed: the intermediate archive starts (C2.5)."""

    learner_id: SubjectId
    reason: Literal["learner", "policy_refused", "erasure", "merged"]


class LearnerMerged(IdentityEvent):
    """The account is a duplicate of another one of the same person, and is closed for it.

    Each account's data keeps its own keys; the terms of this one follow the other's facts.
    """

    learner_id: SubjectId
    surviving_id: SubjectId


class TraceCollected(IdentityEvent):
    """The technical trace of one sign-in (C1.5), under the key of its calendar month."""

    VERSION: ClassVar[int] = 2
    UPCASTERS: ClassVar[Mapping[int, Upcaster]] = {1: about_anybody}

    subject_id: SubjectId
    month: Identifier
    ip_address: Annotated[Personal[str], OfMonth]
    browser: Annotated[Personal[str], OfMonth]
    screen: Annotated[Personal[str] | None, OfMonth] = None
    known_device: bool | None = None
    """Whether the browser proved an earlier sign-in to this account."""


class AnomalyDetected(IdentityEvent):
    """A watching rule found something about one account, or one reader (C1.5, C7.4)."""

    anomaly_id: Identifier
    subject_id: SubjectId
    holder: Literal["learner", "staff"]
    rule: Identifier
    month: Identifier
    since: datetime
    until: datetime
    counts: Mapping[Identifier, int]
    seen: Annotated[Personal[str] | None, OfMonth] = None
    """Places and devices, as JSON, for security alone."""
    alarm: bool
    """Whether the security mailbox is told at once."""
    token: Annotated[Personal[str] | None, PersonalField(Category.CONTACT, about="subject_id")] = (
        None
    )
    """Of the link by which the person says whether it was they; without one no letter is sent."""
    suspicion: Suspicion | None = None


class AttackDetected(IdentityEvent):
    """A watching rule found something that is about nobody in particular (C1.5, C7.4)."""

    anomaly_id: Identifier
    rule: Identifier
    since: datetime
    until: datetime
    counts: Mapping[Identifier, int]
    alarm: bool
    suspicion: Suspicion | None = None


class AnomalyAnswered(IdentityEvent):
    """The person said whether it was they who signed in."""

    anomaly_id: Identifier
    subject_id: SubjectId
    mine: bool


class AnomalySettled(IdentityEvent):
    """Security found a false alarm, or an incident was opened."""

    anomaly_id: Identifier
    reason: FalseAlarm | None = None
    incident_id: Identifier | None = None


class BreakGlassTaken(IdentityEvent):
    """A member of staff may read about one learner beyond the compartment, `until` then (C4.2).

    The officer and security are told at once, every reading under it is marked, and somebody else
    reviews it.
    """

    access_id: Identifier
    subject_id: SubjectId
    taken_by: Identifier
    role: Identifier
    month: Identifier
    reason: Annotated[Personal[str], OfMonth]
    """As it was written, for whoever reviews it and for the person."""
    categories: tuple[Category, ...]
    """What the table of rights opens to the role under it."""
    until: datetime


class BreakGlassEnded(IdentityEvent):
    """It ended before its time."""

    access_id: Identifier
    subject_id: SubjectId
    cause: EndCause
    ended_by: Identifier


class BreakGlassReviewed(IdentityEvent):
    """Somebody else judged whether it was justified."""

    access_id: Identifier
    subject_id: SubjectId
    verdict: Verdict
    reviewed_by: Identifier
    suspicion: Suspicion | None = None
    """Where an incident is to be opened: what it is filled in with."""


class BreakGlassReviewDue(IdentityEvent):
    """Nobody has reviewed it yet, though it has been over for a while."""

    access_id: Identifier
    subject_id: SubjectId
    over_since: datetime


class ProspectContacted(IdentityEvent):
    """Somebody without an account got in touch (C1.3); what they say is a support request."""

    VERSION: ClassVar[int] = 2
    UPCASTERS: ClassVar[Mapping[int, Upcaster]] = {1: unchanged}

    prospect_id: SubjectId
    name: Annotated[Personal[str], PersonalField(Category.PROSPECT, about="prospect_id")]
    email: Annotated[Personal[str] | None, PersonalField(Category.PROSPECT, about="prospect_id")]
    """None of who telephones or writes by post without giving one."""
    message: Annotated[
        Personal[str] | None, PersonalField(Category.PROSPECT, about="prospect_id")
    ] = None
    """Of contacts before there were support requests of people without an account."""
    context: Annotated[
        Personal[str] | None, PersonalField(Category.PROSPECT, about="prospect_id")
    ] = None
    language: Language
    thread: Identifier | None = None
    """Signed token by which an answer to the acknowledgement finds the request."""


class ProspectInteracted(IdentityEvent):
    """The prospect answered or came back: the three years start anew (C2.9)."""

    prospect_id: SubjectId


class ProspectConverted(IdentityEvent):
    """The prospect became a learner: what was a prospect's is no longer needed as such."""

    prospect_id: SubjectId
    learner_id: SubjectId


class SupportRequestOpened(IdentityEvent):
    """A person, with or without an account, asked for support (C1.3, C2.7)."""

    VERSION: ClassVar[int] = 2
    UPCASTERS: ClassVar[Mapping[int, Upcaster]] = {1: about_anybody}

    subject_id: SubjectId
    request_id: Identifier
    message: Annotated[Personal[str], OfRequest]
    title: Annotated[Personal[str] | None, OfRequest] = None
    channel: SupportChannel = "portal"
    queue: SupportQueue = "support"
    has_account: bool = True
    """Whether the person reads answers on the portal; by mail otherwise."""
    due_at: datetime | None = None
    said_at: datetime | None = None
    """When it was said, where that was before the person had an account."""


class SupportMessageReceived(IdentityEvent):
    """The person added to a request."""

    subject_id: SubjectId
    request_id: Identifier
    message: Annotated[Personal[str], OfRequest]
    channel: SupportChannel
    due_at: datetime
    said_at: datetime | None = None
    """When it was said, where that was before the person had an account."""


class SupportReplied(IdentityEvent):
    """Support answered the person: the message is the person's, the name its author's."""

    VERSION: ClassVar[int] = 2
    UPCASTERS: ClassVar[Mapping[int, Upcaster]] = {1: about_anybody}

    subject_id: SubjectId
    request_id: Identifier
    staff_id: SubjectId
    message: Annotated[Personal[str], OfRequest]
    author: Annotated[Personal[str] | None, PersonalField(Category.STAFF, about="staff_id")] = None
    channel: SupportChannel = "portal"
    """How it reaches the person: on the portal, by mail, or as staff told it."""
    title: Annotated[Personal[str] | None, OfRequest] = None
    answers: Annotated[Personal[str] | None, OfRequest] = None
    """Message-ID of the mail that is answered (RFC 5322)."""
    thread: Identifier | None = None
    """Signed token by which an answer to the mail finds the request."""
    said_at: datetime | None = None
    """When it was said, where that was before the person had an account."""


class SupportFileAttached(IdentityEvent):
    """A file came with what the person said; its content is never published."""

    subject_id: SubjectId
    request_id: Identifier
    file_id: Identifier
    name: Annotated[Personal[str], OfRequest]
    media_type: MediaType
    bytes_count: int


class SupportRequestAssigned(IdentityEvent):
    """Somebody of staff takes care of the request, or nobody any more."""

    subject_id: SubjectId
    request_id: Identifier
    assignee: Identifier | None


class SupportRequestMoved(IdentityEvent):
    """The request belongs to another queue."""

    subject_id: SubjectId
    request_id: Identifier
    queue: SupportQueue
    due_at: datetime | None = None


class SupportRequestResolved(IdentityEvent):
    """The request found its final resolution: its two years start (C2.7)."""

    VERSION: ClassVar[int] = 2
    UPCASTERS: ClassVar[Mapping[int, Upcaster]] = {1: about_anybody}

    subject_id: SubjectId
    request_id: Identifier


class SupportRequestReopened(IdentityEvent):
    """The resolution was not final after all: the two years stop."""

    VERSION: ClassVar[int] = 2
    UPCASTERS: ClassVar[Mapping[int, Upcaster]] = {1: about_anybody}

    subject_id: SubjectId
    request_id: Identifier


class RightsCaseOpened(IdentityEvent):
    """A person exercised a right or complained; it is named like its exchange (C8, C13.1)."""

    subject_id: SubjectId
    case_id: Identifier
    kind: RightsKind
    channel: SupportChannel
    received_at: datetime
    acknowledge_by: datetime
    due_at: datetime
    has_account: bool
    extended: ExtensionReason | None = None
    """Why the term was longer already where the case comes from."""
    act: RightsAct | None = None
    """What the person did themselves: there is no exchange then, and nobody is written to."""


class RightsCaseIdentityConfirmed(IdentityEvent):
    """The person showed that it is they who ask."""

    subject_id: SubjectId
    case_id: Identifier
    how: IdentityCheck


class RightsCaseAcknowledged(IdentityEvent):
    """The person was told that the request has arrived."""

    subject_id: SubjectId
    case_id: Identifier


class RightsCaseConfirmationResent(IdentityEvent):
    """The link by which the person shows that they ask was sent once more."""

    subject_id: SubjectId
    case_id: Identifier
    sent_at: datetime


class RightsCaseRecipientsNamed(IdentityEvent):
    """Who had received the data, and how each learns of the change (GDPR art. 19)."""

    subject_id: SubjectId
    case_id: Identifier
    recipients: tuple[Recipient, ...]


class RightsCaseRecipientTold(IdentityEvent):
    """Staff have told a recipient."""

    subject_id: SubjectId
    case_id: Identifier
    recipient: Identifier
    told_by: Identifier


class RightsCaseUndone(IdentityEvent):
    """The person took back what they had done themselves: the case stays as a record of it."""

    subject_id: SubjectId
    case_id: Identifier


class RightsCaseForgotten(IdentityEvent):
    """Its person's account is gone: nothing says any more whose case it was."""

    subject_id: SubjectId
    case_id: Identifier


class RightsCaseAssigned(IdentityEvent):
    """Somebody of staff takes care of the case, or nobody any more."""

    subject_id: SubjectId
    case_id: Identifier
    assignee: Identifier | None


class RightsCaseExtended(IdentityEvent):
    """The term is two months longer (GDPR art. 12(3))."""

    subject_id: SubjectId
    case_id: Identifier
    reason: ExtensionReason
    due_at: datetime


class RightsCaseReminded(IdentityEvent):
    """Part of the term is over, or all of it: staff are reminded, without saying of whom."""

    subject_id: SubjectId
    case_id: Identifier
    stage: ReminderStage
    assignee: Identifier | None
    """Who is reminded; the officer where nobody takes care of it, or it is overdue."""
    due_at: datetime


class RightsCaseClosed(IdentityEvent):
    """A rights case is over."""

    subject_id: SubjectId
    case_id: Identifier
    outcome: RightsOutcome
    in_time: bool


class AccessFileRequested(IdentityEvent):
    """A person is to get a file of everything held: every service composes its part now (C8.1)."""

    subject_id: SubjectId
    file_id: Identifier
    """Of the rights case that it answers."""
    language: Language
    key_digest: Digest
    """Of what has to be shown to get a part, which identity alone can make."""


class AccessFileDelayed(IdentityEvent):
    """Some services owe their parts for too long: they are asked again, and staff are told."""

    subject_id: SubjectId
    file_id: Identifier
    language: Language
    key_digest: Digest
    services: tuple[Identifier, ...]
    since: datetime
    attempt: int
    """How often they have been asked again, from 1."""


class AccessPartReceived(IdentityEvent):
    """One service's part is there, as the service says."""

    subject_id: SubjectId
    file_id: Identifier
    service: Identifier


class AccessFileCompleted(IdentityEvent):
    """Every service's part is there: the file can be fetched, once, until its term."""

    subject_id: SubjectId
    file_id: Identifier
    until: datetime


class AccessFileFetched(IdentityEvent):
    """The person has fetched the file: its parts are to go."""

    subject_id: SubjectId
    file_id: Identifier


class DemandRegistered(IdentityEvent):
    """An authority demands data (C6.2, C9.4); of whom, stays within this service."""

    subject_id: SubjectId
    """The demand itself, in the place of a person."""
    demand_id: Identifier
    kind: DemandKind
    authority: DemandAuthority
    article: LegalArticle
    received_at: datetime
    due_at: datetime | None
    named: bool
    """Whether it names persons; one in bulk is contested from the start."""
    secrecy: Secrecy
    secret_until: datetime | None
    document_name: Annotated[
        Personal[str] | None,
        PersonalField(Category.DEMAND, about="subject_id", object="demand_id"),
    ] = None


class DemandChecked(IdentityEvent):
    """Competence, basis, scope and necessity of the demand were checked."""

    subject_id: SubjectId
    demand_id: Identifier
    failed: tuple[CheckedPoint, ...]


class DemandContested(IdentityEvent):
    """The demand is contested: nothing is disclosed before that is settled."""

    subject_id: SubjectId
    demand_id: Identifier
    reasons: tuple[ContestReason, ...]
    forum: ContestForum
    until: datetime | None


class DemandContestSettled(IdentityEvent):
    """What contesting the demand came to."""

    subject_id: SubjectId
    demand_id: Identifier
    result: ContestResult


class DemandSecrecyChanged(IdentityEvent):
    """Until when the persons may not be told has changed: the ban was extended, or is over."""

    subject_id: SubjectId
    demand_id: Identifier
    secrecy: Secrecy
    secret_until: datetime | None


class DisclosureRequested(IdentityEvent):
    """Every service is to compose what the exact scope of a demand covers, and nothing else."""

    subject_id: SubjectId
    """The demand: its persons are in the scope alone."""
    disclosure_id: Identifier
    scope: DemandScope


class DisclosureApproved(IdentityEvent):
    """A second person approved what is to be disclosed, as it was composed."""

    subject_id: SubjectId
    disclosure_id: Identifier
    sha256: Identifier
    """Of the list of parts with their hashes: no other values can be handed over."""


class DisclosureEnded(IdentityEvent):
    """What was to be disclosed has been handed over, or was given up: its copy is to go."""

    subject_id: SubjectId
    disclosure_id: Identifier
    reason: EndReason


class DemandReminded(IdentityEvent):
    """Part of the term for an answer is over, or all of it."""

    subject_id: SubjectId
    demand_id: Identifier
    stage: DemandStage
    due_at: datetime


class DemandClosed(IdentityEvent):
    """The demand is over."""

    subject_id: SubjectId
    demand_id: Identifier
    outcome: DemandOutcome


class DemandTold(IdentityEvent):
    """The persons have been told; some had been erased before and could not be."""

    subject_id: SubjectId
    demand_id: Identifier
    told: int
    unreached: int


class DisclosureTold(IdentityEvent):
    """A person may know, and is told, that data about them was given to an authority (C6.2)."""

    subject_id: SubjectId
    """The person."""
    disclosure_id: Identifier
    authority: DemandAuthority
    article: LegalArticle
    categories: tuple[Category, ...]
    values: int
    disclosed_at: datetime
    was_secret: bool
    """Whether the law forbade telling it at the time."""


class StaffAppointed(IdentityEvent):
    """A member of staff received a role (C4.1)."""

    staff_id: SubjectId
    role: Identifier
    name: Annotated[Personal[str], PersonalField(Category.STAFF, about="staff_id")]
    email: Annotated[Personal[str], PersonalField(Category.STAFF, about="staff_id")]
    expires_at: datetime | None = None
    awaits_confirmation: bool = False
    """Whether it counts only once a second person agrees."""
    language: Language = "fr"


class StaffConfirmed(IdentityEvent):
    """A second person agreed to an appointment: it counts from now on (C4.3)."""

    staff_id: SubjectId


class StaffPasswordChanged(IdentityEvent):
    """A member of staff has a new password: what was opened with the one before ends."""

    staff_id: SubjectId


class StaffPasswordRecoveryRequested(IdentityEvent):
    """The link by which staff replace a forgotten password is to be sent, valid `until`."""

    staff_id: SubjectId
    token: Annotated[Personal[str], PersonalField(Category.STAFF, about="staff_id")]
    until: datetime


class StaffLoggedOut(IdentityEvent):
    """A member of staff ended a session: the one named, or every one that was open."""

    staff_id: SubjectId
    session_id: Identifier | None = None
    everywhere: bool = False


class StaffProviderInvited(IdentityEvent):
    """A member of staff may sign in through the external provider, for a first time `until`."""

    staff_id: SubjectId
    until: datetime


class StaffProviderLinked(IdentityEvent):
    """A member of staff has signed in through the external provider for the first time."""

    staff_id: SubjectId


class StaffTrainingReminded(IdentityEvent):
    """The yearly training of a member of staff is due by `due_at` (C7.7).

    `due` is the warning: from `suspends_at` on, without it, access to personal data is suspended.
    """

    staff_id: SubjectId
    stage: Literal["month", "week", "due"]
    due_at: datetime
    suspends_at: datetime | None = None


class StaffTrainingRecorded(IdentityEvent):
    """A member of staff did the yearly training; it counts until `due_at` (C7.7)."""

    staff_id: SubjectId
    programme: Programme
    done_on: date
    due_at: datetime
    recorded_by: Identifier


class StaffDeparted(IdentityEvent):
    """A member of staff left: every right ends."""

    staff_id: SubjectId


class AuthenticatorsChanged(IdentityEvent):
    """By what an account can be opened, beside its password, has changed (C7.3).

    `reset_asked`: an administrator wants all of it removed; `reset`: a second one agreed.
    """

    account_id: SubjectId
    holder: Literal["learner", "staff"]
    change: AuthenticatorChange
    by: Identifier | None = None
    """Who asked for a reset, whom somebody else has to agree with."""
    until: datetime | None = None
    """Until when the reset can be agreed to."""

    @property
    def ends_sessions(self) -> bool:
        """Whether who is signed in has to show anew who they are (ASVS 7.4.3)."""
        return self.change not in {"recovery_codes_renewed", "recovery_code_used", "reset_asked"}
