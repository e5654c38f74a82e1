"""Stored event -> public contract, one for one."""

from typing import Final, assert_never

from services.retention.domain.erasure.events import (
    CaseCertified,
    CasePlanned,
    KeyWasDestroyed,
    KeyWasDisabled,
    KeyWasEnabled,
    OrderGiven,
    VerificationAsked,
)
from services.retention.domain.hold.events import (
    HoldEvent,
    HoldWasDisclosed,
    HoldWasExtended,
    HoldWasLifted,
    HoldWasPlaced,
    HoldWasReviewed,
    ReviewWasReminded,
    ReviewWentOverdue,
)
from services.retention.domain.incident.events import (
    AuthorityWasNotified,
    DeadlineWasReminded,
    DisclosureWasFinished,
    DisclosureWasOrdered,
    DraftWasConfirmed,
    DraftWasDismissed,
    ExtentWasComputed,
    IncidentEvent,
    IncidentWasClosed,
    IncidentWasOpened,
    MeasuresWereTaken,
    PersonWasTold,
    RiskWasAssessed,
)
from services.retention.domain.matter.events import MatterEvent, MatterWasClosed, MatterWasOpened
from services.retention.domain.penetration_test.events import (
    FindingWasReminded,
    PenetrationTestWasReminded,
)
from services.retention.domain.processor.events import (
    ProcessorEndWasReminded,
    ProcessorWasAmended,
    ProcessorWasDeclared,
    ProcessorWasEnded,
)
from services.retention.domain.proposal.acts import object_of
from services.retention.domain.proposal.events import (
    ActWasProposed,
    ProposalEvent,
    ProposalWasSettled,
)
from services.retention.domain.ruleset.adoption import VersionAdopted
from services.retention.domain.system_alarm import SystemAlarmWasRaised, SystemAlarmWasSettled
from services.retention.domain.watch.events import (
    AlarmWasRaised,
    AlarmWasSettled,
    ArchiveWasEntered,
    ArchiveWasLeft,
    EndAnnounced,
)
from shared.event_store import RecordedEvent
from shared.events import retention
from shared.events.base import DomainEvent

OfTheSystem: Final = (
    SystemAlarmWasRaised,
    SystemAlarmWasSettled,
    PenetrationTestWasReminded,
    FindingWasReminded,
    ProcessorWasDeclared,
    ProcessorWasAmended,
    ProcessorWasEnded,
    ProcessorEndWasReminded,
)


def publish(record: RecordedEvent) -> retention.RetentionEvent | None:
    """Return what others learn of a stored event."""
    match record.event:
        case VersionAdopted() as e:
            return retention.RuleSetAdopted(
                version=e.version,
                digest=e.digest,
                adopted_by=e.adopted_by,
                reason=e.reason,
                confirmed_by=e.confirmed_by,
            )
        case ArchiveWasEntered(subject_id=subject):
            return retention.ArchiveEntered(subject_id=subject)
        case ArchiveWasLeft(subject_id=subject):
            return retention.ArchiveLeft(subject_id=subject)
        case EndAnnounced(subject_id=subject, rule_id=rule, due=due):
            return retention.DeletionAnnounced(subject_id=subject, rule_id=rule, due=due)
        case AlarmWasRaised() as e:
            return retention.RetentionAlarmRaised(
                alarm_id=e.alarm_id,
                kind=e.kind,
                subject_id=e.subject_id,
                rule_id=e.rule_id,
                case_id=e.case_id,
            )
        case AlarmWasSettled(subject_id=subject, rule_id=rule):
            return retention.RetentionAlarmSettled(subject_id=subject, rule_id=rule)
        case e if isinstance(e, OfTheSystem):
            return _of_the_system(e)
        case e if isinstance(e, HoldEvent):
            return _of_hold(e)
        case e if isinstance(e, IncidentEvent | PersonWasTold):
            return _of_incident(e)
        case e if isinstance(e, MatterEvent):
            return _of_matter(e)
        case e if isinstance(e, ProposalEvent):
            return _of_proposal(e)
        case CasePlanned(reason="request") as e:
            return retention.ErasureRequested(case_id=e.case_id, subject_id=e.subject_id)
        case OrderGiven() as e:
            return retention.ErasureOrdered(
                case_id=e.case_id,
                subject_id=e.subject_id,
                scopes=e.scopes,
                mode=e.mode,
                reason=e.reason,
                rule_ids=e.rule_ids,
                closes_account=e.closes_account,
            )
        case KeyWasDisabled() as e:
            return retention.KeyDisabled(
                case_id=e.case_id,
                subject_id=e.subject_id,
                category=e.scope.category,
                object=e.scope.object,
                destroy_at=e.destroy_at,
            )
        case KeyWasEnabled() as e:
            return retention.KeyEnabled(
                case_id=e.case_id,
                subject_id=e.subject_id,
                category=e.scope.category,
                object=e.scope.object,
            )
        case KeyWasDestroyed() as e:
            return retention.KeyDestroyed(
                case_id=e.case_id,
                subject_id=e.subject_id,
                category=e.scope.category,
                object=e.scope.object,
            )
        case VerificationAsked() as e:
            return retention.VerificationOrdered(
                case_id=e.case_id, subject_id=e.subject_id, scopes=e.scopes, round=e.round
            )
        case CaseCertified() as e:
            return retention.ErasureCertified(
                case_id=e.certificate["case_id"],
                subject_id=e.certificate["subject_id"],
                certificate_id=e.certificate["certificate_id"],
            )
        case _:
            return None


def _of_matter(event: MatterEvent) -> retention.RetentionEvent:
    match event:
        case MatterWasOpened() as e:
            return retention.MatterOpened(
                matter_id=e.matter_id,
                ground=e.ground,
                authority=e.authority,
                reviewer=e.reviewer,
            )
        case MatterWasClosed(matter_id=matter_id):
            return retention.MatterClosed(matter_id=matter_id)
        case _:
            assert_never(event)


def _of_proposal(event: ProposalEvent) -> retention.RetentionEvent:
    match event:
        case ActWasProposed() as e:
            return retention.ProposalMade(
                proposal_id=e.proposal_id,
                kind=e.act.kind,
                object=object_of(e.act),
                asked_by=e.asked_by,
                expires_at=e.expires_at,
            )
        case ProposalWasSettled() as e:
            return retention.ProposalSettled(
                proposal_id=e.proposal_id, outcome=e.outcome, settled_by=e.settled_by
            )
        case _:
            assert_never(event)


def _of_hold(event: HoldEvent) -> retention.RetentionEvent | None:
    match event:
        case HoldWasPlaced() as e:
            return retention.HoldPlaced(
                hold_id=e.hold_id,
                subject_id=e.subject_id,
                categories=e.categories,
                ground=e.ground,
                expires_at=e.expires_at,
                scopes=e.scopes,
                matter_id=e.matter_id,
                authority=e.authority,
                reviewer=e.reviewer,
                review_at=e.review_at,
                disclosed_from=e.disclosed_from,
            )
        case HoldWasReviewed(outcome="lifted"):
            return None
        case HoldWasExtended() | HoldWasReviewed() as e:
            return retention.HoldRevised(
                hold_id=e.hold_id,
                subject_id=e.subject_id,
                scopes=e.scopes,
                expires_at=e.expires_at,
                review_at=e.review_at,
                disclosed_from=e.disclosed_from,
            )
        case ReviewWasReminded() as e:
            return retention.HoldReviewDue(
                hold_id=e.hold_id,
                subject_id=e.subject_id,
                reviewer=e.reviewer,
                review_at=e.review_at,
            )
        case ReviewWentOverdue() as e:
            return retention.RetentionAlarmRaised(
                alarm_id=f"{e.hold_id}.{e.review_at:%Y%m%d}",
                kind="hold_review_overdue",
                subject_id=e.subject_id,
                hold_id=e.hold_id,
            )
        case HoldWasDisclosed() as e:
            return retention.HoldDisclosed(
                hold_id=e.hold_id,
                subject_id=e.subject_id,
                ground=e.ground,
                authority=e.authority,
                scopes=e.scopes,
                expires_at=e.expires_at,
                placed_at=e.placed_at,
                disclosed_from=e.disclosed_from,
                ended_at=e.ended_at,
            )
        case HoldWasLifted() as e:
            return retention.HoldLifted(hold_id=e.hold_id, subject_id=e.subject_id)
        case _:
            assert_never(event)


def _of_the_system(event: DomainEvent) -> retention.RetentionEvent | None:
    match event:
        case SystemAlarmWasRaised() as e:
            return retention.SystemAlarmRaised(alarm_id=e.alarm_id, kind=e.kind)
        case SystemAlarmWasSettled() as e:
            return retention.SystemAlarmSettled(alarm_id=e.alarm_id, kind=e.kind)
        case PenetrationTestWasReminded(stage="month" | "week" | "overdue" as stage) as e:
            return retention.PenetrationTestReminded(stage=stage, due_at=e.due_at)
        case ProcessorWasDeclared() | ProcessorWasAmended() as e:
            return retention.ProcessorAgreed(processor_id=e.processor_id, terms=e.terms)
        case ProcessorEndWasReminded() as e:
            return retention.ProcessorEndReminded(
                processor_id=e.processor_id,
                organisation=e.organisation,
                kind=e.kind,
                reference=e.reference,
                until=e.until,
                days_ahead=e.days_ahead,
            )
        case ProcessorWasEnded() as e:
            return retention.ProcessorEnded(processor_id=e.processor_id)
        case FindingWasReminded() as e:
            return retention.PenetrationTestFindingReminded(
                test_id=e.test_id, finding_id=e.finding_id, due_at=e.due_at
            )
        case _:
            return None


def _of_incident(
    event: IncidentEvent | PersonWasTold,
) -> retention.RetentionEvent | None:
    match event:
        case IncidentWasOpened() as e:
            return retention.IncidentOpened(
                incident_id=e.incident_id,
                exercise=e.exercise,
                aware_at=e.aware_at,
                notify_by=e.notify_by,
                anomaly_id=e.anomaly_id,
                draft=e.draft,
            )
        case DraftWasConfirmed() as e:
            return retention.IncidentConfirmed(incident_id=e.incident_id)
        case DraftWasDismissed() as e:
            return retention.IncidentDismissed(incident_id=e.incident_id)
        case ExtentWasComputed() as e:
            return retention.IncidentExtentComputed(incident_id=e.incident_id, persons=e.persons)
        case RiskWasAssessed() as e:
            return retention.IncidentRiskAssessed(incident_id=e.incident_id, risk=e.risk)
        case MeasuresWereTaken():
            return None
        case AuthorityWasNotified() as e:
            return retention.AuthorityNotified(incident_id=e.incident_id, complete=e.complete)
        case DisclosureWasOrdered() as e:
            return retention.IncidentDisclosureOrdered(incident_id=e.incident_id)
        case DisclosureWasFinished() as e:
            return retention.IncidentDisclosureFinished(incident_id=e.incident_id, told=e.told)
        case DeadlineWasReminded() as e:
            return retention.IncidentDeadlineNear(
                incident_id=e.incident_id, notify_by=e.notify_by, hours_left=e.hours_left
            )
        case PersonWasTold() as e:
            return retention.IncidentDisclosed(
                incident_id=e.incident_id,
                subject_id=e.subject_id,
                categories=e.categories,
                natures=e.natures,
                consequences=e.consequences,
                measures=e.measures,
                began_at=e.began_at,
                aware_at=e.aware_at,
            )
        case IncidentWasClosed() as e:
            return retention.IncidentClosed(incident_id=e.incident_id)
        case _:
            assert_never(event)
