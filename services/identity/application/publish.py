"""From stored events to public contracts; personal values travel as they are stored: sealed."""

from collections.abc import Mapping
from typing import Final

from services.identity.application.publish_demands import publish_demands
from services.identity.domain.access_file import events as access
from services.identity.domain.anomaly import events as anomaly
from services.identity.domain.authenticators import events as authenticators
from services.identity.domain.break_glass import events as break_glass
from services.identity.domain.learner import events as learner
from services.identity.domain.prospect import events as prospect
from services.identity.domain.rights_case import events as rights
from services.identity.domain.staff import events as staff
from services.identity.domain.support import events as support
from services.identity.domain.traces.events import TraceTaken
from shared.event_store import RecordedEvent
from shared.events import identity as public
from shared.events.base import Event, PublicEvent

AUTHENTICATORS: Final[Mapping[type, public.AuthenticatorChange]] = {
    authenticators.TotpAdded: "totp_added",
    authenticators.TotpRemoved: "totp_removed",
    authenticators.PasskeyAdded: "passkey_added",
    authenticators.PasskeyRemoved: "passkey_removed",
    authenticators.RecoveryCodeUsed: "recovery_code_used",
    authenticators.ResetAsked: "reset_asked",
    authenticators.AuthenticatorsReset: "reset",
}
"""What others are told of authenticators: that they changed, never what they are made of."""


def publish(record: RecordedEvent) -> PublicEvent | None:  # noqa: C901 - one case an event
    """Return the public event that `record` leads to; hashes and the like stay inside."""
    match record.event:
        case learner.AccountRequested() as e:
            return public.LearnerRegistered(
                learner_id=e.learner_id,
                first_name=e.first_name,
                last_name=e.last_name,
                email=e.email,
                telephone=e.telephone,
                language=e.language,
                minor=e.minor,
            )
        case learner.ConfirmationRequested() as e:
            return public.EmailConfirmationRequested(learner_id=e.learner_id, token=e.token)
        case learner.AddressConfirmed() as e:
            return public.EmailConfirmed(learner_id=e.learner_id)
        case learner.SignedIn() as e:
            return public.LearnerLoggedIn(learner_id=e.learner_id)
        case learner.SignedOut() as e:
            return public.LearnerLoggedOut(
                learner_id=e.learner_id, session_id=e.session_id, everywhere=e.everywhere
            )
        case learner.SessionsEnded() as e:
            return public.SessionsEnded(account_id=e.learner_id, by=e.by)
        case learner.Rectified() as e:
            return public.LearnerRectified(
                learner_id=e.learner_id,
                first_name=e.first_name,
                last_name=e.last_name,
                telephone=e.telephone,
                language=e.language,
            )
        case learner.ZoneChosen() as e:
            return public.ZoneChosen(learner_id=e.learner_id, zone=e.zone)
        case learner.ProfileTold() as e:
            return public.ProfileDescribed(
                learner_id=e.learner_id,
                goals=e.goals,
                experience=e.experience,
                availability=e.availability,
                pace=e.pace,
                format=e.format,
            )
        case learner.Merged() as e:
            return public.LearnerMerged(learner_id=e.learner_id, surviving_id=e.surviving_id)
        case learner.Closed() as e:
            return public.AccountClosed(learner_id=e.learner_id, reason=e.reason)
        case TraceTaken() as e:
            return public.TraceCollected(**dict(e))
        case _:
            return _publish_minority(record)


def _publish_minority(record: RecordedEvent) -> PublicEvent | None:
    match record.event:
        case learner.MinorityEstablished() as e:
            return public.MinorityEstablished(
                learner_id=e.learner_id,
                found=e.found,
                minority_id=e.minority_id,
                day_kept=e.adult_on is not None,
            )
        case learner.MinorityEnded() as e:
            return public.MinorityEnded(
                learner_id=e.learner_id, minority_id=e.minority_id, how=e.how
            )
        case learner.GuardianAsked() as e:
            return public.GuardianAgreementRequested(
                learner_id=e.learner_id,
                agreement_id=e.agreement_id,
                guardian_email=e.guardian_email,
                guardian_name=e.guardian_name,
                token=e.token,
                until=e.until,
            )
        case learner.GuardianAskedAgain() as e:
            return public.GuardianAskedAgain(
                learner_id=e.learner_id,
                agreement_id=e.agreement_id,
                guardian_email=e.guardian_email,
                guardian_name=e.guardian_name,
                token=e.token,
                why=e.why,
                until=e.until,
            )
        case learner.GuardianAgreed() as e:
            return public.GuardianAgreementGranted(
                learner_id=e.learner_id,
                agreement_id=e.agreement_id,
                guardian_email=e.guardian_email,
                token=e.token,
            )
        case learner.AgreementEnded() as e:
            return public.GuardianAgreementEnded(
                learner_id=e.learner_id, agreement_id=e.agreement_id, how=e.how
            )
        case learner.AccountSuspended() as e:
            return public.AccountBlocked(
                learner_id=e.learner_id,
                reason="minor_without_agreement",
                cause=e.cause,
                until=e.until,
            )
        case _:
            return _publish_credentials(record)


def _publish_credentials(record: RecordedEvent) -> PublicEvent | None:
    match record.event:
        case learner.RecoveryRequested() as e:
            return public.PasswordRecoveryRequested(
                learner_id=e.learner_id, token=e.token, until=e.until
            )
        case learner.PasswordChanged() as e:
            return public.PasswordChanged(learner_id=e.learner_id, how=e.how)
        case learner.EmailChangeAsked() as e:
            return public.EmailChangeRequested(
                learner_id=e.learner_id,
                email=e.email,
                previous_email=e.previous_email,
                token=e.token,
                stop_token=e.stop_token,
                until=e.until,
                stop_until=e.stop_until,
            )
        case learner.EmailChanged() as e:
            return public.EmailChanged(
                learner_id=e.learner_id,
                email=e.email,
                previous_email=e.previous_email,
                stop_until=e.stop_until,
            )
        case learner.EmailChangeStopped() as e:
            return public.EmailChangeStopped(learner_id=e.learner_id, by=e.by, email=e.email)
        case _:
            return _publish_others(record)


def _publish_others(record: RecordedEvent) -> PublicEvent | None:
    match record.event:
        case prospect.ContactMade() as e:
            return public.ProspectContacted(
                prospect_id=e.prospect_id,
                name=e.name,
                email=e.email,
                message=e.message,
                context=e.context,
                language=e.language,
                thread=e.thread,
            )
        case prospect.InteractionRecorded() as e:
            return public.ProspectInteracted(prospect_id=e.prospect_id)
        case prospect.Converted() as e:
            return public.ProspectConverted(prospect_id=e.prospect_id, learner_id=e.learner_id)
        case _:
            return _publish_support(record)


def _publish_support(record: RecordedEvent) -> PublicEvent | None:
    match record.event:
        case support.RequestOpened() as e:
            return public.SupportRequestOpened(
                subject_id=e.subject_id,
                request_id=e.request_id,
                message=e.message,
                title=e.title,
                channel=e.channel,
                queue=e.queue,
                has_account=e.has_account,
                due_at=e.due_at,
                said_at=e.said_at,
            )
        case support.MessageReceived() as e:
            return public.SupportMessageReceived(
                subject_id=e.subject_id,
                request_id=e.request_id,
                message=e.message,
                channel=e.channel,
                due_at=e.due_at,
                said_at=e.said_at,
            )
        case support.ReplyGiven() as e:
            return public.SupportReplied(**dict(e))
        case support.FileAttached() as e:
            return public.SupportFileAttached(**dict(e))
        case support.RequestAssigned() as e:
            return public.SupportRequestAssigned(**dict(e))
        case support.RequestMoved() as e:
            return public.SupportRequestMoved(**dict(e))
        case support.RequestResolved() as e:
            return public.SupportRequestResolved(**dict(e))
        case support.RequestReopened() as e:
            return public.SupportRequestReopened(**dict(e))
        case _:
            return _publish_rights(record)


PUBLIC_RIGHTS: Final[Mapping[type[Event], type[PublicEvent]]] = {
    rights.RightsCaseOpened: public.RightsCaseOpened,
    rights.IdentityConfirmed: public.RightsCaseIdentityConfirmed,
    rights.ConfirmationSentAgain: public.RightsCaseConfirmationResent,
    rights.RightsCaseAcknowledged: public.RightsCaseAcknowledged,
    rights.RightsCaseAssigned: public.RightsCaseAssigned,
    rights.RightsCaseExtended: public.RightsCaseExtended,
    rights.RightsCaseReminded: public.RightsCaseReminded,
    rights.RightsCaseClosed: public.RightsCaseClosed,
    rights.RightsCaseRecipientsNamed: public.RightsCaseRecipientsNamed,
    rights.RightsCaseRecipientTold: public.RightsCaseRecipientTold,
    rights.RightsCaseUndone: public.RightsCaseUndone,
    rights.RightsCaseForgotten: public.RightsCaseForgotten,
    access.FileRequested: public.AccessFileRequested,
    access.AccessPartTaken: public.AccessPartReceived,
    access.FileDelayed: public.AccessFileDelayed,
    access.FileCompleted: public.AccessFileCompleted,
    access.FileFetched: public.AccessFileFetched,
}
"""What is told of rights cases and access files with the same fields as it is stored."""


def _publish_rights(record: RecordedEvent) -> PublicEvent | None:
    contract = PUBLIC_RIGHTS.get(type(record.event))
    return _publish_staff(record) if contract is None else contract(**dict(record.event))


def _publish_staff(record: RecordedEvent) -> PublicEvent | None:  # noqa: C901 - one case an event
    match record.event:
        case staff.Appointed() as e:
            return public.StaffAppointed(
                staff_id=e.staff_id,
                role=e.role,
                name=e.name,
                email=e.email,
                expires_at=e.expires_at,
                awaits_confirmation=e.awaits_confirmation,
                language=e.language,
            )
        case staff.StaffSignedOut() as e:
            return public.StaffLoggedOut(
                staff_id=e.staff_id, session_id=e.session_id, everywhere=e.everywhere
            )
        case staff.StaffSessionsEnded() as e:
            return public.SessionsEnded(account_id=e.staff_id, by="provider")
        case staff.StaffPasswordChanged() as e:
            return public.StaffPasswordChanged(staff_id=e.staff_id)
        case staff.StaffRecoveryRequested() as e:
            return public.StaffPasswordRecoveryRequested(
                staff_id=e.staff_id, token=e.token, until=e.until
            )
        case staff.ProviderInvited() as e:
            return public.StaffProviderInvited(staff_id=e.staff_id, until=e.until)
        case staff.ProviderLinked() as e:
            return public.StaffProviderLinked(staff_id=e.staff_id)
        case staff.AppointmentConfirmed() as e:
            return public.StaffConfirmed(staff_id=e.staff_id)
        case staff.TrainingReminded() as e:
            return public.StaffTrainingReminded(**dict(e))
        case staff.TrainingRecorded() as e:
            return public.StaffTrainingRecorded(**dict(e))
        case staff.Departed() as e:
            return public.StaffDeparted(staff_id=e.staff_id)
        case _:
            return _publish_authenticators(record)


def _publish_authenticators(record: RecordedEvent) -> PublicEvent | None:
    match record.event:
        case authenticators.ReturnAsked() as e:
            return public.FactorReturnAsked(
                account_id=e.account_id,
                token=e.token,
                stop_token=e.stop_token,
                previous_email=e.previous_email,
                opens_at=e.opens_at,
                until=e.until,
            )
        case authenticators.RecoveryCodesMade(renewed=True) as e:
            return public.AuthenticatorsChanged(
                account_id=e.account_id, holder=e.holder, change="recovery_codes_renewed"
            )
        case (
            authenticators.TotpAdded()
            | authenticators.TotpRemoved()
            | authenticators.PasskeyAdded()
            | authenticators.PasskeyRemoved()
            | authenticators.RecoveryCodeUsed()
            | authenticators.ResetAsked()
            | authenticators.AuthenticatorsReset()
        ) as e:
            asked = e if isinstance(e, authenticators.ResetAsked) else None
            return public.AuthenticatorsChanged(
                account_id=e.account_id,
                holder=e.holder,
                change=AUTHENTICATORS[type(e)],
                by=asked and asked.asked_by,
                until=asked and asked.until,
            )
        case _:
            return _publish_anomalies(record)


def _publish_anomalies(record: RecordedEvent) -> PublicEvent | None:
    match record.event:
        case anomaly.AnomalyNoticed() as e:
            return public.AnomalyDetected(**dict(e))
        case anomaly.AttackNoticed() as e:
            return public.AttackDetected(**dict(e))
        case anomaly.SignInAnswered() as e:
            return public.AnomalyAnswered(
                anomaly_id=e.anomaly_id, subject_id=e.subject_id, mine=e.mine
            )
        case anomaly.AnomalyDismissed() as e:
            return public.AnomalySettled(anomaly_id=e.anomaly_id, reason=e.reason)
        case anomaly.IncidentWasLinked() as e:
            return public.AnomalySettled(anomaly_id=e.anomaly_id, incident_id=e.incident_id)
        case _:
            return _publish_break_glass(record)


def _publish_break_glass(record: RecordedEvent) -> PublicEvent | None:
    match record.event:
        case break_glass.AccessTaken() as e:
            return public.BreakGlassTaken(
                access_id=e.access_id,
                subject_id=e.subject_id,
                taken_by=e.taken_by,
                role=e.role,
                month=e.month,
                reason=e.reason,
                categories=e.categories,
                until=e.until,
            )
        case break_glass.AccessEnded() as e:
            return public.BreakGlassEnded(
                access_id=e.access_id, subject_id=e.subject_id, cause=e.cause, ended_by=e.ended_by
            )
        case break_glass.AccessReviewed() as e:
            return public.BreakGlassReviewed(
                access_id=e.access_id,
                subject_id=e.subject_id,
                verdict=e.verdict,
                reviewed_by=e.reviewed_by,
                suspicion=e.suspicion,
            )
        case break_glass.ReviewReminded() as e:
            return public.BreakGlassReviewDue(
                access_id=e.access_id, subject_id=e.subject_id, over_since=e.over_since
            )
        case _:
            return publish_demands(record)
