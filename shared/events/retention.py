"""What the retention service tells others: terms, cases, keys, certificates, holds, incidents."""

from datetime import date, datetime
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from shared.events.base import Identifier, PublicEvent, SubjectId
from shared.events.erasure import ErasureMode, KeyScope
from shared.incidents import Consequence, Measure, Nature, Risk
from shared.personal import Category
from shared.processors.ends import DaysAhead, EndKind
from shared.processors.model import Organisation, ProcessorTerms

CaseReason = Literal["term", "request", "minor", "consent_withdrawn", "restored"]
"""Why a case was opened."""
AlarmKind = Literal[
    "missing_anchor",
    "late_participant",
    "verification_failed",
    "hold_review_overdue",
    "destroyed_key_returned",
    "case_lost",
]


ProposalKind = Literal["adopt_rules", "lift_hold", "narrow_hold", "close_matter"]
"""Acts that let data go, and need a second person."""
ProposalOutcome = Literal["confirmed", "alone", "refused", "withdrawn", "expired"]
"""What came of a proposal; `alone` is the operator's recorded exception."""


class RetentionEvent(PublicEvent):
    """Published on `retention.events`."""

    SERVICE: ClassVar[str] = "retention"


class RuleSetAdopted(RetentionEvent):
    """A version of the retention rules came into force."""

    version: Identifier
    digest: Identifier
    adopted_by: Identifier = "system"
    """The member of staff who adopted it; the system at the first start."""
    reason: str = ""
    """Why, in their words; never about a person."""
    confirmed_by: Identifier | None = None
    """The second person; `None` where there was none."""


class ProposalMade(RetentionEvent):
    """Somebody asked for an act that a second person has to confirm (four eyes)."""

    proposal_id: Identifier
    kind: ProposalKind
    object: Identifier
    """The digest of the rule set, the hold or the matter it is about."""
    asked_by: Identifier
    expires_at: datetime


class ProposalSettled(RetentionEvent):
    """The act was carried out, refused or withdrawn, or nobody decided in time."""

    proposal_id: Identifier
    outcome: ProposalOutcome
    settled_by: Identifier | None


class ArchiveEntered(RetentionEvent):
    """The profile left the active phase: only compliance may read it now (C2.5)."""

    subject_id: SubjectId


class ArchiveLeft(RetentionEvent):
    """The person came back: the profile is active again."""

    subject_id: SubjectId


class DeletionAnnounced(RetentionEvent):
    """The person is told that data will go, and that coming back stops it."""

    subject_id: SubjectId
    rule_id: Identifier
    due: datetime


class ErasureRequested(RetentionEvent):
    """The person asked for erasure and confirmed (C8.4)."""

    case_id: Identifier
    subject_id: SubjectId


class ErasureOrdered(RetentionEvent):
    """Every service is to forget the listed scopes and to acknowledge with `DataErased`."""

    case_id: Identifier
    subject_id: SubjectId
    scopes: tuple[KeyScope, ...]
    mode: ErasureMode
    reason: CaseReason
    rule_ids: tuple[Identifier, ...]
    closes_account: bool
    """Whether the account ends with it: nothing of it is left, or its person asked (C8.4)."""


class KeyDisabled(RetentionEvent):
    """What the data key sealed is unreadable from now on; the key itself goes at `destroy_at`.

    In between nothing but a legal hold can stop the destruction.
    """

    case_id: Identifier
    subject_id: SubjectId
    category: Category
    object: Identifier
    destroy_at: datetime


class KeyEnabled(RetentionEvent):
    """A legal hold came in before the key was destroyed: what it sealed is readable again."""

    case_id: Identifier
    subject_id: SubjectId
    category: Category
    object: Identifier


class KeyDestroyed(RetentionEvent):
    """The data key is gone: what it sealed can never be read again, anywhere."""

    case_id: Identifier
    subject_id: SubjectId
    category: Category
    object: Identifier


class VerificationOrdered(RetentionEvent):
    """The keys are gone: every service is to search its stores and to tell with `StoresSearched`.

    It is sent again to those that are late.
    """

    case_id: Identifier
    subject_id: SubjectId
    scopes: tuple[KeyScope, ...]
    round: int
    """Which of the case's searches this is, from 1."""


class ErasureCertified(RetentionEvent):
    """The case is closed and its certificate written; free of personal data."""

    case_id: Identifier
    subject_id: SubjectId
    certificate_id: Identifier


Ground = Literal["litigation", "requisition", "audit"]
Authority = Literal["court", "prosecutor", "police", "cnil", "tax_administration", "internal"]
"""Who demands that data is kept; `internal` for what the controller decides in its own defence."""


class HeldScope(BaseModel):
    """What a hold keeps: one object of a category, or all of them, later ones included."""

    model_config = ConfigDict(frozen=True)

    category: Category
    object: Identifier | None = None


class MatterOpened(RetentionEvent):
    """A dispute, a demand or an audit began; its file number is told to nobody."""

    matter_id: Identifier
    ground: Ground
    authority: Authority
    reviewer: Identifier


class MatterClosed(RetentionEvent):
    """The matter is over: so are its holds."""

    matter_id: Identifier


class HoldPlaced(RetentionEvent):
    """A legal hold keeps the listed scopes from going (litigation, requisition)."""

    hold_id: Identifier
    subject_id: SubjectId
    categories: tuple[Category, ...]
    """Every category of which something is kept."""
    ground: Ground
    expires_at: datetime
    scopes: tuple[HeldScope, ...] = ()
    """What exactly is kept; all of the categories where there are none."""
    matter_id: Identifier | None = None
    authority: Authority | None = None
    reviewer: Identifier | None = None
    review_at: datetime | None = None
    disclosed_from: datetime | None = None
    """Until then the person must not learn of it; `None` where the law permits telling at once."""


class HoldRevised(RetentionEvent):
    """The hold was extended, narrowed or kept after a review: this is how it stands now."""

    hold_id: Identifier
    subject_id: SubjectId
    scopes: tuple[HeldScope, ...]
    expires_at: datetime
    review_at: datetime | None
    disclosed_from: datetime | None = None


class HoldReviewDue(RetentionEvent):
    """The reviewer is reminded that the hold has to be reviewed."""

    hold_id: Identifier
    subject_id: SubjectId
    reviewer: Identifier
    review_at: datetime


class HoldDisclosed(RetentionEvent):
    """The law permits that the person is told of the hold: now (C6.2)."""

    hold_id: Identifier
    subject_id: SubjectId
    ground: Ground
    authority: Authority | None
    scopes: tuple[HeldScope, ...]
    expires_at: datetime
    placed_at: datetime | None = None
    disclosed_from: datetime | None = None
    """Until then it was secret; `None` where it never was."""
    ended_at: datetime | None = None
    """When it ended, where that was before it could be told."""


class HoldLifted(RetentionEvent):
    """The hold ended: what it stopped resumes by itself."""

    hold_id: Identifier
    subject_id: SubjectId


class RetentionAlarmRaised(RetentionEvent):
    """Something needs the DPO: a missing anchor, a late participant, a key that came back."""

    alarm_id: Identifier
    kind: AlarmKind
    subject_id: SubjectId
    rule_id: Identifier | None = None
    case_id: Identifier | None = None
    hold_id: Identifier | None = None


SystemAlarmKind = Literal[
    "backup_late",
    "messages_set_aside",
    "authority_not_notified",
    "penetration_test_overdue",
    "finding_overdue",
    "transfer_refused",
    "processor_ends_soon",
    "access_file_late",
]


class SystemAlarmRaised(RetentionEvent):
    """Something about the whole system needs the DPO: no backup for too long, mail that waits."""

    alarm_id: Identifier
    kind: SystemAlarmKind


class SystemAlarmSettled(RetentionEvent):
    """What the alarm was about is put right."""

    alarm_id: Identifier
    kind: SystemAlarmKind


class RetentionAlarmSettled(RetentionEvent):
    """The anchor that a rule lacked is there: the alarm about it is over."""

    subject_id: SubjectId
    rule_id: Identifier


class IncidentOpened(RetentionEvent):
    """Somebody became aware of a personal data breach, or an exercise began (C7.8)."""

    incident_id: Identifier
    exercise: bool
    aware_at: datetime
    notify_by: datetime
    """72 hours later (GDPR art. 33(1))."""
    anomaly_id: Identifier | None = None
    """The anomaly that it was opened because of."""
    draft: bool = False
    """Whether a rule opened it, and somebody has to judge it."""


class IncidentConfirmed(RetentionEvent):
    """Somebody judged a draft to be a breach."""

    incident_id: Identifier


class IncidentDismissed(RetentionEvent):
    """Somebody judged a draft to be none; it is closed."""

    incident_id: Identifier


class IncidentExtentComputed(RetentionEvent):
    """How many persons it concerns, as the streams of all services tell."""

    incident_id: Identifier
    persons: int


class IncidentRiskAssessed(RetentionEvent):
    """How likely harm to persons is."""

    incident_id: Identifier
    risk: Risk


class AuthorityNotified(RetentionEvent):
    """The supervisory authority was told (GDPR art. 33)."""

    incident_id: Identifier
    complete: bool
    """Whether nothing is to follow (art. 33(4))."""


class IncidentDisclosureOrdered(RetentionEvent):
    """The persons concerned are to be told (GDPR art. 34)."""

    incident_id: Identifier


class IncidentDisclosureFinished(RetentionEvent):
    """Everybody concerned has been told; nobody in an exercise."""

    incident_id: Identifier
    told: int


class IncidentDeadlineNear(RetentionEvent):
    """The authority is to be notified soon, or was to be."""

    incident_id: Identifier
    notify_by: datetime
    hours_left: int


class PenetrationTestReminded(RetentionEvent):
    """The next penetration test is due soon, or was (C7.6)."""

    stage: Literal["month", "week", "overdue"]
    due_at: datetime


class PenetrationTestFindingReminded(RetentionEvent):
    """What a penetration test found was not settled by its date (C7.6)."""

    test_id: Identifier
    finding_id: Identifier
    due_at: datetime


class ProcessorAgreed(RetentionEvent):
    """What is agreed with a processor from now on, whole (C6.1)."""

    processor_id: Identifier
    terms: ProcessorTerms


class ProcessorEnded(RetentionEvent):
    """A processor works for the controller no longer: nothing may flow to it."""

    processor_id: Identifier


class ProcessorEndReminded(RetentionEvent):
    """Something agreed with a processor ends in so many days at most, and is to be renewed."""

    processor_id: Identifier
    organisation: Organisation
    kind: EndKind
    reference: Identifier
    until: date
    """Its last day."""
    days_ahead: DaysAhead


class IncidentDisclosed(RetentionEvent):
    """A person is told that an incident concerns data of theirs (GDPR art. 34)."""

    incident_id: Identifier
    subject_id: SubjectId
    categories: tuple[Category, ...]
    natures: tuple[Nature, ...]
    consequences: tuple[Consequence, ...]
    measures: tuple[Measure, ...]
    began_at: datetime | None
    aware_at: datetime


class IncidentClosed(RetentionEvent):
    """What was owed is done, and what was learnt is written down."""

    incident_id: Identifier
