"""Public events -> facts of a life. Any order and any number of repetitions give the same life."""

from datetime import datetime
from functools import cache
from typing import Final, NamedTuple

from services.retention.domain.calendar import end_of_day
from services.retention.domain.hold.scopes import whole
from services.retention.domain.life.life import Closing, Hold, Life, Scope, Status
from shared.events import consent, identity, learning, retention
from shared.events.base import PublicEvent
from shared.events.dead_letters import DeadLettersOpened
from shared.events.demands import DisclosurePartComposed
from shared.personal import WHOLE, Category, PersonalField, personal_fields


class Happened(NamedTuple):
    """A public event with its time and its place in its stream."""

    event: PublicEvent
    at: datetime
    sequence: int = 1


ACTS: Final = (
    identity.LearnerRegistered,
    identity.EmailConfirmed,
    identity.LearnerLoggedIn,
    identity.LearnerLoggedOut,
    identity.LearnerRectified,
    identity.ZoneChosen,
    identity.ProfileDescribed,
    learning.CourseEnrolled,
    learning.ExerciseAnswered,
    learning.InvoicePaid,
    learning.RecordingKept,
    learning.RecordingReleased,
    learning.LearningRecordImported,
    consent.ConsentGranted,
    consent.ConsentWithdrawn,
    consent.ObjectionRaised,
    consent.ObjectionLifted,
    consent.RestrictionPlaced,
    consent.RestrictionLifted,
    consent.PolicyAnswered,
)
"""Whatever the learner does counts as activity (C2.5); what happens to the learner does not."""

SUBJECT_FIELDS: Final = ("learner_id", "prospect_id", "staff_id", "subject_id")
"""Fields that name the person a public event is about."""
_NOT_ABOUT_A_PERSON: Final = (
    learning.StatisticsContributed,
    learning.StatisticsReleased,
    retention.RuleSetAdopted,
    retention.MatterOpened,
    retention.MatterClosed,
)


def subject_of(event: PublicEvent) -> str | None:
    """Return the id of the person `event` is about, or `None` when it is about nobody."""
    if isinstance(event, _NOT_ABOUT_A_PERSON):
        return None
    if isinstance(event, identity.ProspectConverted):
        return event.prospect_id
    name = _subject_field(type(event))
    return None if name is None else str(getattr(event, name))


@cache
def _subject_field(event_type: type[PublicEvent]) -> str | None:
    return next((name for name in SUBJECT_FIELDS if name in event_type.model_fields), None)


def fold(life: Life, happened: Happened) -> None:
    """Merge the facts of `happened` into `life`."""
    event, at, sequence = happened
    _hold_personal_values(life, event, at)
    if _is_act(type(event)):
        life.merge_last("activity", at)
    match event:
        case identity.IdentityEvent():
            _fold_identity(life, event, at, sequence)
        case learning.LearningEvent():
            _fold_learning(life, event, at, sequence)
        case consent.ConsentGranted() if event.purpose in consent.BY_MAIL:
            life.merge_status(f"consent/{event.purpose}", Status(sequence, "granted", at))
        case consent.ConsentWithdrawn() if event.purpose in consent.BY_MAIL:
            life.merge_status(f"consent/{event.purpose}", Status(sequence, "withdrawn", at))
        case DisclosurePartComposed():
            life.merge_first(f"disclosure/{event.disclosure_id}/started", at)
        case DeadLettersOpened():
            life.merge_held(Scope(Category.DEAD_LETTERS, event.month), at)
            life.merge_first(f"month/{event.month}/started", at)
        case retention.RetentionEvent():
            _fold_retention(life, event, at, sequence)
        case _:
            pass


def _hold_personal_values(life: Life, event: PublicEvent, at: datetime) -> None:
    for mark, names in _compartments(type(event)):
        if getattr(event, mark.about) != life.subject:
            continue
        for name in names:
            if getattr(event, name) is not None:
                thing = str(getattr(event, mark.object)) if mark.object else WHOLE
                life.merge_held(Scope(mark.category, thing), at)
                break


@cache
def _compartments(event_type: type[PublicEvent]) -> tuple[tuple[PersonalField, list[str]], ...]:
    """Return the personal fields of `event_type`; those of one scope are together."""
    together: dict[PersonalField, list[str]] = {}
    for name, mark in personal_fields(event_type).items():
        together.setdefault(mark, []).append(name)
    return tuple(together.items())


@cache
def _is_act(event_type: type[PublicEvent]) -> bool:
    return issubclass(event_type, ACTS)


def _fold_identity(life: Life, event: identity.IdentityEvent, at: datetime, sequence: int) -> None:
    match event:  # what happens most comes first
        case identity.LearnerLoggedIn():
            life.merge_last("login", at)
        case identity.TraceCollected() | identity.AnomalyDetected() | identity.BreakGlassTaken():
            life.merge_first(f"month/{event.month}/started", at)
        case identity.LearnerRegistered():
            # The password's hash is never published; it comes with the account.
            life.merge_held(Scope(Category.CREDENTIALS, WHOLE), at)
            life.merge_first("registered", at)
            if event.minor:
                life.merge_first("minor", at)
        case identity.EmailConfirmed():
            life.merge_first("confirmed", at)
        case identity.AccountClosed():
            life.merge_first("closed", at)
            if event.reason not in ("erasure", "merged"):
                life.merge_last("activity", at)
        case identity.LearnerMerged():
            life.merge_status("merged", Status(sequence, event.surviving_id, at))
        case identity.ProspectContacted():
            life.merge_first("contacted", at)
            life.merge_last("interaction", at)
        case identity.ProspectInteracted():
            life.merge_last("interaction", at)
        case identity.ProspectConverted():
            life.merge_first("converted", at)
        case (
            identity.SupportRequestOpened()
            | identity.SupportMessageReceived()
            | identity.SupportReplied()
            | identity.SupportRequestResolved()
            | identity.SupportRequestReopened()
        ):
            _fold_support(life, event, at, sequence)
        case identity.StaffAppointed():
            life.merge_held(Scope(Category.CREDENTIALS, WHOLE), at)
            life.merge_first("appointed", at)
        case identity.StaffDeparted():
            life.merge_first("departed", at)
        case identity.AccessFileRequested():
            # Every service keeps its part under the same key; no part is ever published.
            life.merge_held(Scope(Category.ACCESS_FILE, event.file_id), at)
            life.merge_first(f"file/{event.file_id}/started", at)
        case identity.AccessFileCompleted():
            life.merge_first(f"file/{event.file_id}/ready", at)
        case identity.AccessFileFetched():
            life.merge_first(f"file/{event.file_id}/fetched", at)
        case _:
            _fold_minority(life, event, at, sequence)


def _fold_minority(life: Life, event: identity.IdentityEvent, at: datetime, sequence: int) -> None:
    match event:
        case identity.MinorityEstablished():
            life.merge_first("minor", at)
            if event.day_kept:
                # The day itself is never published.
                life.merge_held(Scope(Category.MINORITY, event.minority_id), at)
        case identity.AccountBlocked():
            life.merge_status("block", Status(sequence, "blocked", at))
        case identity.GuardianAgreementGranted():
            life.merge_status("block", Status(sequence, "agreed", at))
        case identity.GuardianAgreementEnded():
            life.merge_first(f"minority/{event.agreement_id}/over", at)
        case identity.MinorityEnded():
            life.merge_status("block", Status(sequence, "over", at))
            life.merge_first(f"minority/{event.minority_id}/over", at)
        case _:
            _fold_demands(life, event, at)


def _fold_demands(life: Life, event: identity.IdentityEvent, at: datetime) -> None:
    """Take in official demands, each a life of its own."""
    match event:
        case identity.DemandRegistered():
            life.merge_first(f"demand/{event.demand_id}/started", at)
        case identity.DemandClosed():
            life.merge_first(f"demand/{event.demand_id}/over", at)
        case identity.DisclosureEnded():
            life.merge_first(f"disclosure/{event.disclosure_id}/over", at)
        case _:
            pass


def _fold_support(life: Life, event: identity.IdentityEvent, at: datetime, sequence: int) -> None:
    match event:
        case identity.SupportRequestOpened():
            life.merge_first(f"request/{event.request_id}/started", at)
            life.merge_status(f"request/{event.request_id}", Status(sequence, "open", at))
            _exchange(life, event.channel, at)
        case identity.SupportMessageReceived():
            _exchange(life, event.channel, at)
        case identity.SupportReplied():
            life.merge_last("interaction", at)
        case identity.SupportRequestResolved():
            life.merge_status(f"request/{event.request_id}", Status(sequence, "resolved", at))
        case identity.SupportRequestReopened():
            life.merge_status(f"request/{event.request_id}", Status(sequence, "open", at))
        case _:
            pass


def _exchange(life: Life, channel: str, at: datetime) -> None:
    """Take in that the person said something: an act of the learner's only when signed in."""
    life.merge_last("interaction", at)
    if channel == "portal":
        life.merge_last("activity", at)


def _fold_learning(life: Life, event: learning.LearningEvent, at: datetime, sequence: int) -> None:
    match event:
        case learning.ExerciseAnswered():
            pass  # An act over what is held, as any; of all that happens in learning, the most.
        case learning.CourseEnrolled():
            life.merge_first(f"enrolment/{event.enrolment_id}/started", at)
            life.merge_first(
                f"enrolment/{event.enrolment_id}/access", end_of_day(event.access_until)
            )
        case learning.AccessCorrected():
            name = f"enrolment/{event.enrolment_id}/access"
            life.merge_status(name, Status(sequence, event.access_until.isoformat(), at))
        case learning.EnrolmentEnded():
            life.merge_first(f"enrolment/{event.enrolment_id}/ended", at)
            if event.reason == "learner":
                life.merge_last("activity", at)
        case learning.CertificationGranted():
            life.merge_first(f"enrolment/{event.enrolment_id}/certified", at)
        case learning.InvoiceIssued():
            life.merge_first(f"invoice/{event.invoice_id}/started", at)
            life.merge_first(
                f"invoice/{event.invoice_id}/year", end_of_day(event.accounting_year_end)
            )
        case learning.SessionRecorded():
            life.merge_first(f"recording/{event.recording_id}/started", at)
        case learning.RecordingKept():
            life.merge_status(f"recording/{event.recording_id}", Status(sequence, "kept", at))
        case learning.RecordingReleased():
            life.merge_status(f"recording/{event.recording_id}", Status(sequence, "released", at))
        case _:
            pass


def _fold_retention(
    life: Life, event: retention.RetentionEvent, at: datetime, sequence: int
) -> None:
    match event:
        case retention.ErasureRequested():
            life.merge_first("erasure_requested", at)
        case retention.ErasureOrdered():
            for scope in event.scopes:
                life.merge_ordered(Scope(scope.category, scope.object), event.case_id)
        case retention.ErasureCertified():
            life.merge_first(f"case/{event.case_id}/certified", at)
        case retention.KeyDisabled():
            life.merge_closing(
                Scope(event.category, event.object),
                event.case_id,
                Closing(sequence, disabled=True, at=at, destroy_at=event.destroy_at),
            )
        case retention.KeyEnabled():
            life.merge_closing(
                Scope(event.category, event.object),
                event.case_id,
                Closing(sequence, disabled=False, at=at, destroy_at=None),
            )
        case retention.KeyDestroyed():
            life.merge_gone(Scope(event.category, event.object), at)
        case retention.HoldPlaced():
            life.merge_hold(
                Hold(
                    event.hold_id,
                    event.scopes or whole(event.categories),
                    event.ground,
                    event.expires_at,
                    placed_at=at,
                    disclosed_from=event.disclosed_from,
                    sequence=sequence,
                )
            )
        case retention.HoldRevised():
            life.merge_hold(
                Hold(
                    event.hold_id,
                    event.scopes,
                    "",
                    event.expires_at,
                    disclosed_from=event.disclosed_from,
                    sequence=sequence,
                )
            )
        case retention.HoldLifted():
            life.merge_lift(event.hold_id, at)
        case retention.ArchiveEntered():
            life.merge_status("archive", Status(sequence, "entered", at))
        case retention.ArchiveLeft():
            life.merge_status("archive", Status(sequence, "left", at))
        case retention.DeletionAnnounced():
            life.merge_first(f"announced/{event.rule_id}/{event.due.isoformat()}", at)
        case retention.RetentionAlarmRaised() if event.rule_id is not None:
            life.merge_status(f"alarm/{event.kind}/{event.rule_id}", Status(sequence, "raised", at))
        case retention.RetentionAlarmSettled():
            life.merge_status(
                f"alarm/missing_anchor/{event.rule_id}", Status(sequence, "settled", at)
            )
        case _:
            pass
