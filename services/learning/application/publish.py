"""From what is stored to what others read. Sealed values pass through as they are."""

from collections.abc import Mapping
from typing import Final, assert_never, cast

from services.learning.domain.enrolment import events as enrolment
from services.learning.domain.imported import events as imported
from services.learning.domain.invoice import events as invoice
from services.learning.domain.live_session import events as live
from services.learning.domain.recording import events as recording
from services.learning.domain.seat import events as seat
from services.learning.domain.statistics import events as statistics
from services.learning.domain.teaching import events as teaching
from shared.event_store import RecordedEvent
from shared.events import learning as public
from shared.events.base import DomainEvent, PublicEvent
from shared.events.disputes import DisputedField

LearningDomainEvent = (
    enrolment.EnrolmentEvent
    | invoice.InvoiceEvent
    | recording.RecordingEvent
    | imported.ImportedEvent
    | statistics.StatisticsEvent
    | teaching.TeachingEvent
    | live.LiveSessionEvent
    | seat.SeatEvent
)

DOMAIN_EVENTS = (
    enrolment.CourseEnrolled,
    enrolment.ExerciseAnswered,
    enrolment.CourseCompleted,
    enrolment.EnrolmentEnded,
    enrolment.AccessCorrected,
    enrolment.CertificationGranted,
    enrolment.CertificationRefused,
    enrolment.TrainingReminderDue,
    enrolment.ModuleSuggested,
    enrolment.EnrolmentAnonymised,
    enrolment.EnrolmentContributed,
    enrolment.EnrolmentDisputed,
    enrolment.EnrolmentDisputeSettled,
    enrolment.ScoreCorrected,
    enrolment.CommentCorrected,
    invoice.InvoiceIssued,
    invoice.InvoicePaid,
    invoice.InvoiceDisputed,
    invoice.InvoiceDisputeSettled,
    invoice.RecipientCorrected,
    recording.SessionRecorded,
    recording.RecordingKept,
    recording.RecordingReleased,
    imported.RecordImported,
    statistics.StatisticsContributed,
    statistics.StatisticsReleased,
    teaching.TrainerAssigned,
    teaching.TrainerWithdrawn,
    live.LiveSessionPlanned,
    live.LiveSessionMoved,
    live.SpeakerAssigned,
    live.SpeakerWithdrawn,
    live.LiveSessionCancelled,
    seat.SessionInvited,
    seat.SessionUninvited,
)
"""Every event this service stores."""


PUBLIC_AS_IT_IS: Final[Mapping[type[DomainEvent], type[PublicEvent]]] = {
    teaching.TrainerAssigned: public.TrainerAssigned,
    teaching.TrainerWithdrawn: public.TrainerWithdrawn,
    live.LiveSessionPlanned: public.LiveSessionPlanned,
    live.LiveSessionMoved: public.LiveSessionMoved,
    live.SpeakerAssigned: public.SpeakerAssigned,
    live.SpeakerWithdrawn: public.SpeakerWithdrawn,
    live.LiveSessionCancelled: public.LiveSessionCancelled,
    enrolment.ScoreCorrected: public.ScoreCorrected,
    enrolment.CommentCorrected: public.CommentCorrected,
    invoice.RecipientCorrected: public.RecipientCorrected,
    recording.RecordingKept: public.RecordingKept,
    recording.RecordingReleased: public.RecordingReleased,
    seat.SessionInvited: public.SessionInvited,
    seat.SessionUninvited: public.SessionUninvited,
}
"""What is told others with the same fields as it is stored."""


def publish(record: RecordedEvent) -> PublicEvent | None:
    """Return the public contract of a stored event; `None` keeps it private."""
    event = cast("LearningDomainEvent", record.event)
    match event:
        case enrolment.CourseEnrolled():
            return public.CourseEnrolled(
                learner_id=event.learner_id,
                enrolment_id=event.enrolment_id,
                module_id=event.module_id,
                access_until=event.access_until,
            )
        case enrolment.ExerciseAnswered():
            return public.ExerciseAnswered(
                learner_id=event.learner_id,
                enrolment_id=event.enrolment_id,
                module_id=event.module_id,
                exercise_id=event.exercise_id,
                answer=event.answer,
                score=event.score,
            )
        case enrolment.CourseCompleted():
            return public.CourseCompleted(
                learner_id=event.learner_id,
                enrolment_id=event.enrolment_id,
                module_id=event.module_id,
            )
        case enrolment.AccessCorrected():
            return public.AccessCorrected(
                learner_id=event.learner_id,
                enrolment_id=event.enrolment_id,
                access_until=event.access_until,
            )
        case enrolment.EnrolmentEnded():
            return public.EnrolmentEnded(
                learner_id=event.learner_id,
                enrolment_id=event.enrolment_id,
                reason=event.reason,
            )
        case enrolment.CertificationGranted():
            return public.CertificationGranted(
                learner_id=event.learner_id,
                enrolment_id=event.enrolment_id,
                module_id=event.module_id,
                staff_id=event.staff_id,
                comment=event.comment,
            )
        case enrolment.CertificationRefused():
            return public.CertificationRefused(
                learner_id=event.learner_id,
                enrolment_id=event.enrolment_id,
                module_id=event.module_id,
                staff_id=event.staff_id,
                comment=event.comment,
            )
        case enrolment.TrainingReminderDue():
            return public.TrainingReminderDue(
                learner_id=event.learner_id,
                enrolment_id=event.enrolment_id,
                module_id=event.module_id,
                due_since=event.due_since,
            )
        case enrolment.ModuleSuggested():
            return public.ModuleSuggested(
                learner_id=event.learner_id,
                enrolment_id=event.enrolment_id,
                module_id=event.module_id,
                suggested_module_id=event.suggested_module_id,
                due_since=event.due_since,
            )
        case enrolment.EnrolmentAnonymised() | enrolment.EnrolmentContributed():
            return None
        case invoice.InvoiceIssued():
            return public.InvoiceIssued(
                learner_id=event.learner_id,
                invoice_id=event.invoice_id,
                enrolment_id=event.enrolment_id,
                accounting_year_end=event.accounting_year_end,
                billing_name=event.billing_name,
                amount_cents=event.amount_cents,
            )
        case invoice.InvoicePaid():
            return public.InvoicePaid(
                learner_id=event.learner_id, invoice_id=event.invoice_id, method=event.method
            )
        case recording.SessionRecorded():
            return public.SessionRecorded(
                learner_id=event.learner_id,
                recording_id=event.recording_id,
                title=event.title,
                location=event.location,
            )
        case imported.RecordImported():
            return public.LearningRecordImported(
                learner_id=event.learner_id, import_id=event.import_id, record=event.record
            )
        case statistics.StatisticsContributed():
            return public.StatisticsContributed(
                module_id=event.module_id,
                period=event.period,
                answers=event.answers,
                score_sum=event.score_sum,
                completed=event.completed,
                certified=event.certified,
            )
        case statistics.StatisticsReleased():
            return public.StatisticsReleased(
                module_id=event.module_id, period=event.period, figures=event.figures
            )
        case (
            teaching.TrainerAssigned()
            | teaching.TrainerWithdrawn()
            | live.LiveSessionPlanned()
            | live.LiveSessionMoved()
            | live.SpeakerAssigned()
            | live.SpeakerWithdrawn()
            | live.LiveSessionCancelled()
            | enrolment.ScoreCorrected()
            | enrolment.CommentCorrected()
            | invoice.RecipientCorrected()
            | recording.RecordingKept()
            | recording.RecordingReleased()
            | seat.SessionInvited()
            | seat.SessionUninvited()
        ):
            return PUBLIC_AS_IT_IS[type(event)](**dict(event))
        case (
            enrolment.EnrolmentDisputed()
            | enrolment.EnrolmentDisputeSettled()
            | invoice.InvoiceDisputed()
            | invoice.InvoiceDisputeSettled()
        ):
            return _dispute(event)
        case _:
            assert_never(event)


def _dispute(
    event: enrolment.EnrolmentDisputed
    | enrolment.EnrolmentDisputeSettled
    | invoice.InvoiceDisputed
    | invoice.InvoiceDisputeSettled,
) -> PublicEvent:
    """Return what others learn of a dispute: neither what is said to be right nor why."""
    field: DisputedField = "billing_name"
    if isinstance(event, enrolment.EnrolmentDisputed | enrolment.EnrolmentDisputeSettled):
        field, thing = event.field, event.enrolment_id
    else:
        thing = event.invoice_id
    if isinstance(event, enrolment.EnrolmentDisputed | invoice.InvoiceDisputed):
        return public.DatumDisputed(
            learner_id=event.learner_id,
            dispute_id=event.dispute_id,
            field=field,
            object=thing,
            restricted=event.restricted,
        )
    return public.DisputeSettled(
        learner_id=event.learner_id,
        dispute_id=event.dispute_id,
        field=field,
        object=thing,
        outcome=event.outcome,
    )
