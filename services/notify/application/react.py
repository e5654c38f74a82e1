"""From facts elsewhere to messages: one handler for each kind of fact."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from services.notify.application.deliver import Dispatcher, message_id
from services.notify.application.invitations import supersede, told
from services.notify.application.ports import Directory
from services.notify.domain.commands import Answer, QueueMessage
from services.notify.domain.events import Details
from services.notify.domain.recipient import OFFICER, SECURITY
from shared.clock import Clock
from shared.consuming.envelope import Envelope
from shared.consuming.reactions import PermanentFailureError, Reaction
from shared.event_store import Metadata
from shared.events import identity, learning, retention
from shared.events.base import PublicEvent, SubjectId
from shared.events.notify import MessageKind
from shared.personal import Personal

DISOWNED: Final = "sign-in-disowned"
"""In the place of a rule: the person answered that it was not they."""
NO_DETAILS: Final = Details()
PARIS: Final = ZoneInfo("Europe/Paris")
REACTION: Final = "messages"
NOTICE: Final = timedelta(days=30)
"""How long before a deletion it is announced."""
OF_COURSES: Final[Mapping[type[PublicEvent], MessageKind]] = {
    learning.TrainingReminderDue: "reminder",
    learning.CourseCompleted: "progress",
    learning.CertificationGranted: "certification",
}
"""What a learner is told of how a course goes on (C5.1)."""
REMINDED_BEFORE: Final = timedelta(days=14)
"""How long before its review a hold is reminded of."""
TOPICS: Final = ("identity.events", "learning.events", "retention.events")
TO_GUARDIANS: Final = (
    identity.GuardianAgreementRequested,
    identity.GuardianAskedAgain,
    identity.GuardianAgreementGranted,
)
OF_ANOMALIES: Final = (
    identity.AnomalyDetected,
    identity.AttackDetected,
    identity.AnomalyAnswered,
)
OF_SEATS: Final = (learning.SessionInvited, learning.SessionUninvited)
OF_BREAK_GLASS: Final = (identity.BreakGlassTaken, identity.BreakGlassReviewDue)
TO_MINORS: Final = (
    identity.GuardianAgreementEnded,
    identity.AccountBlocked,
    identity.MinorityEnded,
)

ReasonKey = Callable[[str], str]


class Messages:
    """Queues and sends what a fact calls for."""

    def __init__(
        self, dispatcher: Dispatcher, directory: Directory, clock: Clock, reason_key: ReasonKey
    ) -> None:
        self._dispatcher = dispatcher
        self._directory = directory
        self._clock = clock
        self._reason_key = reason_key

    def reaction(self) -> Reaction:
        """Return what this service does because of other services' facts."""
        causes: tuple[type[PublicEvent], ...] = (
            identity.EmailConfirmationRequested,
            *TO_GUARDIANS,
            *TO_MINORS,
            identity.EmailConfirmed,
            identity.SupportReplied,
            identity.RightsCaseReminded,
            identity.DemandReminded,
            identity.DisclosureTold,
            identity.ProspectContacted,
            identity.PasswordRecoveryRequested,
            identity.PasswordChanged,
            identity.EmailChangeRequested,
            identity.EmailChanged,
            identity.AuthenticatorsChanged,
            identity.StaffPasswordChanged,
            identity.StaffPasswordRecoveryRequested,
            identity.SessionsEnded,
            identity.FactorReturnAsked,
            identity.StaffTrainingReminded,
            *OF_ANOMALIES,
            *OF_BREAK_GLASS,
            learning.TrainingReminderDue,
            learning.CourseCompleted,
            learning.DisputeSettled,
            learning.ModuleSuggested,
            learning.CertificationGranted,
            *OF_SEATS,
            retention.DeletionAnnounced,
            retention.HoldDisclosed,
            retention.HoldReviewDue,
            retention.IncidentDisclosed,
            retention.IncidentDeadlineNear,
            retention.PenetrationTestReminded,
            retention.PenetrationTestFindingReminded,
            retention.ProcessorEndReminded,
        )
        handler: Callable[[Envelope], Awaitable[None]] = self.send
        return Reaction(REACTION, TOPICS, dict.fromkeys(causes, handler))

    async def send(self, envelope: Envelope) -> None:
        """Send what `envelope` calls for, once however often it arrives."""
        for command in self._commands(envelope):
            if not await self._dispatcher.queue(command, Metadata.caused_by(envelope, REACTION)):
                continue
            if command.details.session_id is not None:
                await supersede(self._dispatcher, command)
            # Until the recipient is known the message waits; the schedule `retries` takes it up.
            if await self._directory.has_taken_in(envelope):
                await self._dispatcher.deliver(command.message_id)

    def _commands(  # noqa: C901 - one case an event
        self, envelope: Envelope
    ) -> Sequence[QueueMessage]:
        match envelope.data:
            case identity.EmailChangeRequested() as event:
                return [
                    self._message(envelope, "email_change", token=event.token, to=event.email),
                    self._message(
                        envelope,
                        "email_change_notice",
                        Details(due=event.stop_until),
                        token=event.stop_token,
                        to=event.previous_email,
                    ),
                ]
            case identity.EmailChanged() as event:
                until = Details(due=event.stop_until)
                return [
                    self._message(
                        envelope, "email_changed", to=event.email, once=(envelope.id, "new")
                    ),
                    self._message(
                        envelope,
                        "email_changed",
                        until,
                        to=event.previous_email,
                        once=(envelope.id, "old"),
                    ),
                ]
            case identity.PasswordChanged(how="withdrawn"):
                # The link to a new one says so.
                return []
            case identity.PasswordChanged() | identity.StaffPasswordChanged():
                return [self._message(envelope, "password_changed")]
            case identity.AuthenticatorsChanged(change=change):
                return [self._message(envelope, "authenticators_changed", Details(change=change))]
            case identity.StaffTrainingReminded() as event:
                kind: MessageKind = "training_due" if event.stage != "due" else "training_missed"
                details = Details(due=event.due_at, suspends_at=event.suspends_at)
                return [self._message(envelope, kind, details)]
            case (
                identity.PasswordRecoveryRequested(token=token, until=moment)
                | identity.StaffPasswordRecoveryRequested(token=token, until=moment)
            ):
                details = Details(due=moment)
                return [self._message(envelope, "password_recovery", details, token=token)]
            case identity.SessionsEnded(by=by):
                # Whoever did it themselves knows.
                return [self._message(envelope, "sessions_ended")] if by == "staff" else []
            case identity.FactorReturnAsked() as event:
                return self._of_return(envelope, event)
            case learning.DisputeSettled(outcome="accepted" | "refused" as outcome):
                return [self._message(envelope, "dispute_settled", Details(cause=outcome))]
            case learning.DisputeSettled():
                # The person took it back, or what it was about is gone.
                return []
            case identity.SupportReplied(channel="telephone" | "post"):
                # Staff have told it in person.
                return []
            case identity.SupportReplied(said_at=datetime()):
                # It was told before the person had an account.
                return []
            case event if isinstance(event, TO_GUARDIANS):
                return self._to_guardian(envelope)
            case event if isinstance(event, TO_MINORS):
                return self._to_minor(envelope)
            case event if isinstance(event, OF_ANOMALIES):
                return self._of_anomaly(envelope)
            case event if isinstance(event, OF_BREAK_GLASS):
                return self._of_break_glass(envelope)
            case _:
                return [self._command(envelope)]

    def _of_return(
        self, envelope: Envelope, event: identity.FactorReturnAsked
    ) -> Sequence[QueueMessage]:
        """Tell every address that is known, and give the present one the link that waits."""
        span = Details(since=event.opens_at, due=event.until)
        told = [self._message(envelope, "factor_return_notice", span, token=event.stop_token)]
        if event.previous_email is not None:
            told.append(
                self._message(
                    envelope,
                    "factor_return_notice",
                    span,
                    token=event.stop_token,
                    to=event.previous_email,
                    once=(envelope.id, "old"),
                )
            )
        return [*told, self._message(envelope, "factor_return", span, token=event.token)]

    def _to_guardian(self, envelope: Envelope) -> Sequence[QueueMessage]:
        match envelope.data:
            case identity.GuardianAgreementRequested() as event:
                kind: MessageKind = "guardian_agreement"
                details = Details(due=event.until)
            case identity.GuardianAskedAgain() as event:
                kind = "guardian_reminder" if event.why == "reminder" else "guardian_agreement"
                details = Details(due=event.until)
            case identity.GuardianAgreementGranted() as event:
                kind, details = "guardian_agreed", NO_DETAILS
            case _:
                raise PermanentFailureError(envelope.type)
        asked = self._message(
            envelope, kind, details, token=event.token, guardian_email=event.guardian_email
        )
        if not isinstance(event, identity.GuardianAgreementGranted):
            return [asked]
        told = self._message(envelope, "guardian_answer", Details(cause="authorised"))
        return [told] if event.guardian_email is None else [asked, told]

    def _of_anomaly(self, envelope: Envelope) -> Sequence[QueueMessage]:
        """Return the letter to whom it is about and the alarm to the security function."""
        match envelope.data:
            case identity.AnomalyDetected() as event:
                alarm = [self._alarm(envelope, event.anomaly_id, event.rule)] if event.alarm else []
                if event.token is None:
                    return alarm
                details = Details(since=event.until, rule_id=event.rule)
                asked = self._message(envelope, "sign_in_notice", details, token=event.token)
                return [asked, *alarm]
            case identity.AttackDetected() as event:
                return [self._alarm(envelope, event.anomaly_id, event.rule)] if event.alarm else []
            case identity.AnomalyAnswered(mine=False, anomaly_id=anomaly_id):
                return [self._alarm(envelope, anomaly_id, DISOWNED)]
            case _:
                return []

    def _alarm(self, envelope: Envelope, anomaly_id: str, rule: str) -> QueueMessage:
        details = Details(anomaly_id=anomaly_id, rule_id=rule, since=envelope.time)
        return self._message(envelope, "anomaly_alarm", details, subject_id=SECURITY)

    def _of_break_glass(self, envelope: Envelope) -> Sequence[QueueMessage]:
        """Return what the officer and security are told: never of whom, nor why."""
        match envelope.data:
            case identity.BreakGlassTaken() as event:
                kind: MessageKind = "break_glass_alarm"
                details = Details(access_id=event.access_id, since=envelope.time, due=event.until)
            case identity.BreakGlassReviewDue() as event:
                kind = "break_glass_review"
                details = Details(access_id=event.access_id, since=event.over_since)
            case _:
                raise PermanentFailureError(envelope.type)
        return [
            self._message(
                envelope, kind, details, once=(envelope.id, function), subject_id=function
            )
            for function in (OFFICER, SECURITY)
        ]

    def _to_minor(self, envelope: Envelope) -> Sequence[QueueMessage]:
        match envelope.data:
            case identity.GuardianAgreementEnded(how="refused" | "expired" as how):
                return [self._message(envelope, "guardian_answer", Details(cause=how))]
            case identity.AccountBlocked(cause=cause, until=until) if cause != "registration":
                details = Details(cause=cause, due=until)
                return [self._message(envelope, "account_blocked", details)]
            case identity.MinorityEnded(how=how):
                return [self._message(envelope, "minority_over", Details(cause=how))]
            case _:
                # The page on which it was done says so.
                return []

    def _command(  # noqa: C901 - one case an event
        self, envelope: Envelope
    ) -> QueueMessage:
        match envelope.data:
            case identity.EmailConfirmationRequested(token=token):
                return self._message(envelope, "confirmation", token=token)
            case identity.EmailConfirmed():
                return self._message(envelope, "welcome")
            case identity.SupportReplied() as event:
                return self._support(envelope, event)
            case identity.RightsCaseReminded() as event:
                # Of whom it is stays unsaid: the letter goes to staff.
                details = Details(case_id=event.case_id, due=event.due_at, cause=event.stage)
                reminded = OFFICER if event.assignee is None else SubjectId(event.assignee)
                return self._message(envelope, "rights_case_due", details, subject_id=reminded)
            case identity.DemandReminded() as event:
                # Nothing of whom it is about: the officer's function is written to.
                details = Details(case_id=event.demand_id, due=event.due_at, cause=event.stage)
                return self._message(envelope, "demand_due", details, subject_id=OFFICER)
            case identity.DisclosureTold() as event:
                return self._disclosed(envelope, event)
            case identity.ProspectContacted(thread=thread):
                return self._message(envelope, "prospect_reply", Details(thread=thread))
            case (
                learning.TrainingReminderDue()
                | learning.CourseCompleted()
                | learning.CertificationGranted()
            ) as event:
                details = Details(module_id=event.module_id, enrolment_id=event.enrolment_id)
                return self._message(envelope, OF_COURSES[type(event)], details)
            case learning.ModuleSuggested(suggested_module_id=module, enrolment_id=enrolment):
                details = Details(module_id=module, enrolment_id=enrolment)
                return self._message(envelope, "suggestion", details)
            case learning.SessionInvited() | learning.SessionUninvited() as event:
                return told(envelope, event, self._clock)
            case retention.DeletionAnnounced() as event:
                return self._notice(envelope, event)
            case retention.HoldDisclosed() as event:
                return self._disclosure(envelope, event)
            case retention.HoldReviewDue() as event:
                return self._review(envelope, event)
            case retention.IncidentDisclosed() as event:
                return self._incident(envelope, event)
            case retention.IncidentDeadlineNear() as event:
                # The register is about no person: the officer's function is written to.
                details = Details(incident_id=event.incident_id, due=event.notify_by)
                return self._message(envelope, "incident_deadline", details, subject_id=OFFICER)
            case retention.PenetrationTestReminded() as event:
                details = Details(due=event.due_at, cause=event.stage)
                return self._message(envelope, "penetration_test_due", details, subject_id=SECURITY)
            case retention.ProcessorEndReminded() as event:
                return self._processor(envelope, event)
            case retention.PenetrationTestFindingReminded() as event:
                details = Details(due=event.due_at)
                return self._message(envelope, "finding_overdue", details, subject_id=SECURITY)
            case _:
                raise PermanentFailureError(envelope.type)

    def _message(
        self,
        envelope: Envelope,
        kind: MessageKind,
        details: Details = NO_DETAILS,
        *,
        once: tuple[str, ...] = (),
        subject_id: SubjectId | None = None,
        token: Personal[str] | None = None,
        guardian_email: Personal[str] | None = None,
        to: Personal[str] | None = None,
    ) -> QueueMessage:
        """Return the message of `kind`, one for whatever `once` names, else for each fact."""
        return QueueMessage(
            subject_id=subject_id or envelope.subject,
            message_id=message_id(kind, *(once or (envelope.id,))),
            kind=kind,
            cause_id=envelope.id,
            at=self._clock.now(),
            details=details,
            token=token,
            guardian_email=guardian_email,
            address=to,
            owed_since=_owed_since(envelope),
        )

    def _support(self, envelope: Envelope, event: identity.SupportReplied) -> QueueMessage:
        """Return what tells of an answer; only who has no account is mailed its words."""
        details = Details(thread=event.thread)
        if event.channel != "email":
            return self._message(envelope, "support_reply", details)
        answer = Answer(event.request_id, event.message, event.title, event.answers)
        return replace(self._message(envelope, "support_answer", details), answer=answer)

    def _notice(self, envelope: Envelope, event: retention.DeletionAnnounced) -> QueueMessage:
        # Rules that end together for one reason are told once.
        reason = self._reason_key(event.rule_id)
        details = Details(rule_id=event.rule_id, due=event.due)
        once = (event.subject_id, reason, event.due.isoformat())
        return self._message(envelope, "deletion_notice", details, once=once)

    def _disclosure(self, envelope: Envelope, event: retention.HoldDisclosed) -> QueueMessage:
        details = Details(
            hold_id=event.hold_id,
            scopes=event.scopes,
            ground=event.ground,
            authority=event.authority,
            since=event.placed_at,
            due=event.expires_at,
            ended=event.ended_at,
            was_secret=event.disclosed_from is not None,
        )
        return self._message(envelope, "hold_notice", details, once=(event.hold_id,))

    def _disclosed(self, envelope: Envelope, event: identity.DisclosureTold) -> QueueMessage:
        details = Details(
            demand_authority=event.authority,
            article=event.article,
            categories=event.categories,
            since=event.disclosed_at,
            was_secret=event.was_secret,
        )
        once = (event.disclosure_id, event.subject_id)
        return self._message(envelope, "disclosure_notice", details, once=once)

    def _incident(self, envelope: Envelope, event: retention.IncidentDisclosed) -> QueueMessage:
        details = Details(
            incident_id=event.incident_id,
            categories=event.categories,
            natures=event.natures,
            consequences=event.consequences,
            measures=event.measures,
            since=event.began_at,
            aware_at=event.aware_at,
        )
        once = (event.incident_id, event.subject_id)
        return self._message(envelope, "incident_notice", details, once=once)

    def _review(self, envelope: Envelope, event: retention.HoldReviewDue) -> QueueMessage:
        # Nothing of the person, who may not even know of the hold.
        details = Details(hold_id=event.hold_id, due=event.review_at)
        once = (event.hold_id, event.review_at.isoformat())
        return self._message(envelope, "hold_review", details, once=once, subject_id=OFFICER)

    def _processor(self, envelope: Envelope, event: retention.ProcessorEndReminded) -> QueueMessage:
        last = datetime.combine(event.until, time(23, 59), PARIS)
        details = Details(
            processor=event.organisation, reference=event.reference, cause=event.kind, due=last
        )
        return self._message(envelope, "processor_ends", details, subject_id=OFFICER)


def _owed_since(envelope: Envelope) -> datetime:
    """Return since when the message is owed, also where its cause was found out once more.

    After a restore what had fallen due before is noticed anew, by a fact of another id.
    """
    match envelope.data:
        case learning.TrainingReminderDue(due_since=datetime() as due):
            return due
        case learning.ModuleSuggested(due_since=due):
            return due
        case retention.DeletionAnnounced(due=due):
            return min(envelope.time, due - NOTICE)
        case retention.HoldDisclosed(placed_at=placed_at, disclosed_from=permitted):
            return min(envelope.time, permitted or placed_at or envelope.time)
        case retention.HoldReviewDue(review_at=review_at):
            return min(envelope.time, review_at - REMINDED_BEFORE)
        case _:
            return envelope.time
