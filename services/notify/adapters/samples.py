"""Invented messages, at least one of each kind: what the preview and the snapshots show."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, get_args

from services.notify.domain.events import Details, PlatformEvent
from services.notify.domain.recipient import Recipient
from services.notify.domain.state import MessageState
from shared.events.base import SubjectId
from shared.events.identity import AuthenticatorChange
from shared.events.notify import MessageKind
from shared.events.retention import HeldScope
from shared.personal import Category, Personal
from shared.processors.ends import EndKind
from shared.words import Language, Text

AT: Final = datetime(2027, 3, 1, 9, tzinfo=UTC)
"""When the samples are written."""
DUE: Final = datetime(2028, 2, 29, 23, 30, tzinfo=UTC)
"""A first of March in Paris: French writes that day in another way."""
TOKEN: Final[Personal[str]] = Personal("opaque-token")
GUARDIAN: Final[Personal[str]] = Personal("guardian@example.test")
PERSON: Final = Recipient(
    SubjectId("sample-person"),
    email=Personal("person@example.test"),
    first_name=Personal("Camille"),
    confirmed=True,
)
HOLD: Final = Details(
    hold_id="hold-1",
    scopes=(
        HeldScope(category=Category.CONTACT),
        HeldScope(category=Category.LEARNING_HISTORY, object="enrolment-1"),
    ),
    ground="litigation",
    authority="court",
    since=AT,
    due=DUE,
    was_secret=True,
)
DISCLOSURE: Final = Details(
    demand_authority="prosecutor",
    article="cpp-77-1-1",
    categories=(Category.CIVIL_IDENTITY, Category.TECHNICAL_TRACES),
    since=AT,
)
SEAT: Final[Mapping[str, Any]] = {
    "session_id": "session-1",
    "sequence": 1,
    "starts_at": AT,
    "ends_at": AT + timedelta(hours=1, minutes=30),
}
INCIDENT: Final = Details(
    incident_id="incident-1",
    aware_at=AT,
    since=AT - timedelta(days=2),
    categories=(Category.CONTACT, Category.CREDENTIALS),
    natures=("confidentiality",),
    consequences=("phishing",),
    measures=("access_closed", "sessions_ended"),
)


EVENT: Final = PlatformEvent(
    event_id="event-1",
    heading=Text(fr="Atelier : défendre un budget", en="Workshop: defending a budget"),
    summary=Text(
        fr="Une matinée de cas pratiques.\n\nApportez un budget inventé.",
        en="A morning of practical cases.\n\nBring an invented budget.",
    ),
    venue="1 rue Exemple, Paris",
    starts_at=DUE,
    ends_at=DUE + timedelta(hours=3),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """What one message needs to know beside its recipient."""

    kind: MessageKind
    details: Details = field(default_factory=Details)
    fields: Mapping[str, Any] = field(default_factory=dict)

    def message(self) -> MessageState:
        """Return the sample as a message that is due."""
        bare = MessageState(
            status="queued",
            message_id="00000000-0000-4000-8000-000000000001",
            subject_id=PERSON.subject_id,
            kind=self.kind,
            details=self.details,
        )
        return replace(bare, **self.fields)


def _linked(kind: MessageKind, **details: Any) -> Sample:
    return Sample(kind, Details(**details), {"token": TOKEN})


def _guardian(kind: MessageKind, **details: Any) -> Sample:
    return Sample(kind, Details(**details), {"token": TOKEN, "guardian_email": GUARDIAN})


def _of(kind: MessageKind, **details: Any) -> Sample:
    return Sample(kind, Details(**details))


SAMPLES: Final[Mapping[str, Sample]] = MappingProxyType(
    {
        "account_blocked": _of("account_blocked", cause="declared", due=DUE),
        "account_blocked.reported": _of("account_blocked", cause="reported"),
        "account_blocked.revoked": _of("account_blocked", cause="revoked", due=DUE),
        "anomaly_alarm": _of("anomaly_alarm", since=DUE, rule_id="scraping", anomaly_id="a-1"),
        "anomaly_alarm.disowned": _of(
            "anomaly_alarm", since=DUE, rule_id="sign-in-disowned", anomaly_id="a-1"
        ),
        **{
            f"authenticators_changed.{change}": _of("authenticators_changed", change=change)
            for change in get_args(AuthenticatorChange)
        },
        "break_glass_alarm": _of("break_glass_alarm", since=AT, due=DUE, access_id="access-1"),
        "break_glass_review": _of("break_glass_review", since=AT, access_id="access-1"),
        "certification": _of("certification"),
        "confirmation": _linked("confirmation"),
        "deletion_notice": _of("deletion_notice", rule_id="profile", due=DUE),
        "demand_due": _of("demand_due", case_id="demand-1", due=DUE, cause="half"),
        "demand_due.overdue": _of("demand_due", case_id="demand-1", due=DUE, cause="overdue"),
        "demand_due.three_quarters": _of(
            "demand_due", case_id="demand-1", due=DUE, cause="three_quarters"
        ),
        "digest": _of("digest", modules=("module-1", "module-2")),
        "dispute_settled.accepted": _of("dispute_settled", cause="accepted"),
        "dispute_settled.refused": _of("dispute_settled", cause="refused"),
        "disclosure_notice": Sample("disclosure_notice", DISCLOSURE),
        "disclosure_notice.secret": Sample(
            "disclosure_notice", DISCLOSURE.model_copy(update={"was_secret": True})
        ),
        "email_change": _linked("email_change"),
        "email_change_notice": _linked("email_change_notice", due=DUE),
        "email_changed": _of("email_changed", due=DUE),
        "email_changed.new": _of("email_changed"),
        "erasure_certificate": _of("erasure_certificate", case_id="case-1"),
        "event_invitation": _of("event_invitation", event=EVENT),
        "factor_return": _linked("factor_return", since=AT, due=DUE),
        "factor_return_notice": _linked("factor_return_notice", since=AT, due=DUE),
        "finding_overdue": _of("finding_overdue", due=DUE),
        "guardian_agreed": _guardian("guardian_agreed"),
        "guardian_agreement": _guardian("guardian_agreement", due=DUE),
        "guardian_answer.authorised": _of("guardian_answer", cause="authorised"),
        "guardian_answer.refused": _of("guardian_answer", cause="refused"),
        "guardian_answer.silent": _of("guardian_answer", cause="expired"),
        "guardian_reminder": _guardian("guardian_reminder", due=DUE),
        "hold_notice": Sample("hold_notice", HOLD),
        "hold_notice.ended": Sample(
            "hold_notice",
            HOLD.model_copy(update={"ended": DUE, "was_secret": False, "authority": None}),
        ),
        "hold_notice.undated": Sample("hold_notice", HOLD.model_copy(update={"since": None})),
        "hold_review": _of("hold_review", hold_id="hold-1", due=DUE),
        "incident_deadline": _of("incident_deadline", incident_id="incident-1", due=DUE),
        "incident_notice": Sample("incident_notice", INCIDENT),
        "minority_over.mistaken": _of("minority_over", cause="mistaken"),
        "minority_over.of_age": _of("minority_over", cause="of_age"),
        "newsletter": _of("newsletter", issue="2025-03"),
        "password_changed": _of("password_changed"),
        "password_recovery": _linked("password_recovery", due=DUE),
        "penetration_test_due": _of("penetration_test_due", due=DUE, cause="month"),
        "penetration_test_due.overdue": _of("penetration_test_due", due=DUE, cause="overdue"),
        "policy_notice": _of("policy_notice", cause="2", due=DUE, summary="C7.3, C12.1, C12.2."),
        **{
            f"processor_ends.{kind}": _of(
                "processor_ends", processor="Exemple SA", reference="F-12", cause=kind, due=DUE
            )
            for kind in get_args(EndKind)
        },
        "prospect_reply": _of("prospect_reply"),
        "progress": _of("progress"),
        "reminder": _of("reminder"),
        "rights_case_due": _of("rights_case_due", case_id="case-1", due=DUE, cause="half"),
        "rights_case_due.overdue": _of(
            "rights_case_due", case_id="case-1", due=DUE, cause="overdue"
        ),
        "rights_case_due.three_quarters": _of(
            "rights_case_due", case_id="case-1", due=DUE, cause="three_quarters"
        ),
        "session_cancellation.cancelled": _of("session_cancellation", **SEAT, cause="cancelled"),
        "session_cancellation.erased": _of("session_cancellation", **SEAT, cause="erased"),
        "session_cancellation.given_up": _of("session_cancellation", **SEAT, cause="given_up"),
        "session_cancellation.not_enrolled": _of(
            "session_cancellation", **SEAT, cause="not_enrolled"
        ),
        "session_invitation.moved": _of("session_invitation", **SEAT, cause="moved"),
        "session_invitation.planned": _of("session_invitation", **SEAT, cause="planned"),
        "sessions_ended": _of("sessions_ended"),
        "suggestion": _of("suggestion"),
        "sign_in_notice": _linked("sign_in_notice", since=DUE, rule_id="new-device"),
        "sign_in_notice.travel": _linked("sign_in_notice", since=DUE, rule_id="impossible-travel"),
        "support_answer": Sample(
            "support_answer",
            Details(thread="thread-1"),
            {
                "title": Personal("Budget 2027"),
                "text": Personal("An invented answer.\nIts second line."),
                "answers": Personal("<question@example.test>"),
            },
        ),
        "support_reply": _of("support_reply"),
        "training_due": _of("training_due", due=DUE),
        "training_missed": _of("training_missed", due=AT, suspends_at=DUE),
        "welcome": _of("welcome"),
    }
)
"""By name: a kind, or a kind and what is told of the several things it may tell."""


def recipient(language: Language) -> Recipient:
    """Return the invented person whom the samples are written to."""
    return replace(PERSON, language=language)
